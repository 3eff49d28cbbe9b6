"""All collections and aliases of one data folder."""

import re
from pathlib import Path

from qdrant_client.http import models

from .collection import Collection
from .errors import ApiError, invalid
from .files import read_json, write_json


class Store:
    def __init__(self, folder: Path):
        self._folder = folder / "collections"
        self._aliases_file = folder / "aliases.json"
        self._folder.mkdir(parents=True, exist_ok=True)
        self.aliases: dict[str, str] = read_json(self._aliases_file, {})
        self.collections = {file.parent.name: Collection.load(file.parent)
                            for file in sorted(self._folder.glob("*/collection.json"))}

    def exists(self, name: str) -> bool:
        return self.aliases.get(name, name) in self.collections

    def get(self, name: str) -> Collection:
        """The collection of that name or alias."""
        if not self.exists(name):
            raise ApiError(404, f"Not found: Collection `{name}` doesn't exist!")
        return self.collections[self.aliases.get(name, name)]

    def create(self, name: str, body: bytes) -> None:
        if not 0 < len(name) <= 255 or re.search(r'[<>:"/\\|?*\0\x1f]', name) or name in (".", ".."):
            raise invalid("collection_name", "collection name cannot contain those chars")
        self._refuse_taken(name)
        if name in self.aliases:
            raise ApiError(400, f"Wrong input: Can't create collection with name {name}. Alias with the same name "
                                "already exists")
        self.collections[name] = Collection.create(name, self._folder / name, body)

    def drop(self, name: str) -> bool:
        """False when there was none, as the server answers."""
        collection = self.collections.pop(name, None)
        if collection is None:
            return False
        self._save_aliases({alias: target for alias, target in self.aliases.items() if target != name})
        collection.drop()
        return True

    def change_aliases(self, request: models.ChangeAliasesOperation) -> None:
        """All actions or none."""
        changed = dict(self.aliases)
        for action in request.actions:
            match action:
                case models.CreateAliasOperation(create_alias=create):
                    if create.collection_name not in self.collections:
                        raise ApiError(404, f"Not found: Collection `{create.collection_name}` doesn't exist!")
                    self._refuse_taken(create.alias_name)
                    changed[create.alias_name] = create.collection_name
                case models.DeleteAliasOperation(delete_alias=delete):
                    changed.pop(delete.alias_name, None)
                case models.RenameAliasOperation(rename_alias=rename):
                    if rename.old_alias_name not in changed:
                        raise ApiError(404, f"Not found: Alias {rename.old_alias_name} doesn't exist!")
                    changed[rename.new_alias_name] = changed.pop(rename.old_alias_name)
        self._save_aliases(changed)

    def flush(self) -> None:
        for collection in self.collections.values():
            collection.flush()

    def close(self) -> None:
        for collection in self.collections.values():
            collection.close()

    def _refuse_taken(self, name: str) -> None:
        if name in self.collections:
            raise ApiError(409, f"Wrong input: Collection `{name}` already exists!")

    def _save_aliases(self, aliases: dict[str, str]) -> None:
        write_json(self._aliases_file, aliases)
        self.aliases = aliases
