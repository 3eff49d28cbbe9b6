"""What survives a stop and a kill."""

import pytest
from conftest import servers


@pytest.mark.parametrize("ending", ["down", "kill"])
def test_points_survive(qdrant_folder, client, collection, fill, ending):
    fill(3)
    client.update_collection_aliases([{"create_alias": {"collection_name": collection, "alias_name": "kept"}}])
    assert servers(ending, qdrant_folder, "qdrant").returncode == 0
    assert "qdrant: stopped" in servers("status", qdrant_folder).stdout
    assert servers("up", qdrant_folder, "qdrant").returncode == 0
    assert client.count("kept").count == 3
    assert set(client.get_collection(collection).payload_schema) == {"document_id", "revision"}
