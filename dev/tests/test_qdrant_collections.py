"""Collections, aliases and indexes."""

from qdrant_client import models


def test_info_shows_what_was_asked_for(client, collection):
    info = client.get_collection(collection)
    assert info.config.params.vectors.size == 4
    assert info.config.params.vectors.distance == models.Distance.COSINE
    assert info.config.params.sparse_vectors["text"].modifier == models.Modifier.IDF
    assert {"document_id", "revision"} == set(info.payload_schema)
    client.delete_payload_index(collection, "revision")
    assert set(client.get_collection(collection).payload_schema) == {"document_id"}


def test_exists_list_and_patch(client, collection):
    assert client.collection_exists(collection)
    assert collection in [entry.name for entry in client.get_collections().collections]
    client.update_collection(collection, optimizers_config=models.OptimizersConfigDiff(indexing_threshold=0))
    assert client.get_collection(collection).config.optimizer_config.indexing_threshold == 0
    assert not client.collection_exists("nothing")


def test_index_of_each_kind(client, collection):
    schemas = [models.KeywordIndexParams(type="keyword", is_tenant=True), "integer", "float", "datetime", "uuid", "bool",
               models.TextIndexParams(type="text", tokenizer="word", lowercase=True)]
    for number, schema in enumerate(schemas):
        client.create_payload_index(collection, f"field{number}", schema)
    assert len(client.get_collection(collection).payload_schema) == 2 + len(schemas)


def test_alias_switch_is_all_or_nothing(http, client, collection, fill):
    fill(1)

    def create(alias, target):
        return {"create_alias": {"alias_name": alias, "collection_name": target}}
    answer = http.post("/collections/aliases", json={"actions": [create("now", collection), create("x", "nothing")]})
    assert answer.status_code == 404
    assert not client.collection_exists("now")
    http.post("/collections/aliases", json={"actions": [create("now", collection)]}).raise_for_status()
    assert client.count("now").count == 1
    assert [entry.alias_name for entry in client.get_collection_aliases(collection).aliases] == ["now"]
