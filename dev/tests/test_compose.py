"""The container files, checked by parsing: there is no container engine here.

Needs `OHRA_BIN_DIR` (default: .build/release or .build/debug) for the checks against the programs, and a copy of
compose-spec.json in `OHRA_COMPOSE_SCHEMA` for the check against the compose specification
(https://github.com/compose-spec/compose-spec/blob/main/schema/compose-spec.json). What is missing is skipped and said.
"""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import jsonschema
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict] = COMPOSE["services"]
FLEET = {name: service for name, service in SERVICES.items() if "build" in service}
WORKERS = ["extractor", "transformer", "loader"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
SCHEMAS = ROOT / "docs" / "schemas"


def environment(service: dict) -> dict[str, str]:
    return service.get("environment", {})


def command(service: dict) -> list[str]:
    return service.get("entrypoint", []) + service["command"]


def instructions(name: str) -> list[str]:
    """The arguments of a Dockerfile instruction, continued lines joined and comments dropped."""
    text = re.sub(r"^\s*#.*\n", "", DOCKERFILE, flags=re.MULTILINE)
    return re.findall(rf"^{name} (.*)$", text.replace("\\\n", " "), re.MULTILINE)


def programs() -> Path:
    folders = [os.environ.get("OHRA_BIN_DIR"), ROOT / ".build/release", ROOT / ".build/debug"]
    for folder in folders:
        if folder and all((Path(folder) / program).exists() for program in (*WORKERS, "ohra")):
            return Path(folder)
    pytest.skip("NOT CHECKED: the programs are not built; set OHRA_BIN_DIR")


def help_of(*words: str) -> str:
    result = subprocess.run([programs() / words[0], *words[1:], "--help"], capture_output=True, text=True, timeout=30)
    assert result.returncode == 0, result.stderr
    return result.stdout


# Compose


def test_compose_file_follows_the_specification() -> None:
    path = os.environ.get("OHRA_COMPOSE_SCHEMA")
    if not path:
        pytest.skip("NOT CHECKED against the compose specification: set OHRA_COMPOSE_SCHEMA to its JSON Schema")
    schema = json.loads(Path(path).read_text())
    validator = jsonschema.validators.validator_for(schema, default=jsonschema.Draft7Validator)
    assert [error.message for error in validator(schema).iter_errors(COMPOSE)] == []


@pytest.mark.parametrize("name", FLEET)
def test_commands_exist_in_the_programs(name: str) -> None:
    program, *words = command(SERVICES[name])
    assert program in (*WORKERS, "ohra")
    options = [word for word in words if word.startswith("--")]
    plain = [word for word in words if not word.startswith(("-", "$"))]
    text = help_of(program, *plain)
    for word in plain:
        # A subcommand has a usage line of its own; an argument's possible values are listed in the help.
        assert re.search(rf"USAGE: {program} {word}\b|\b{word}\b.*, ?\w", text), text
    for word in options:
        assert word in text


def test_variables_are_documented_and_read() -> None:
    documentation = ROOT / "docs" / "CONFIGURATION.md"
    sources = "\n".join(path.read_text() for path in (ROOT / "Sources").rglob("*.swift"))
    names = {name for service in FLEET.values() for name in environment(service)}
    assert all(name.startswith("OHRA_") for name in names)
    undocumented, unread = [], []
    for name in sorted(names):
        base = name.removesuffix("_FILE")
        if not re.search(rf"`{base}`", documentation.read_text()):
            undocumented.append(name)
        # The Atlassian sources share their settings and build the names: "OHRA_\\(product)_TOKEN".
        shared = re.sub(r"OHRA_(CONFLUENCE|JIRA)_", r"OHRA_\\(product)_", base)
        if not re.search(rf"\b{base}\b", sources) and f'"{shared}"' not in sources:
            unread.append(name)
    assert (undocumented, unread) == ([], [])


@pytest.mark.parametrize("name", [name for name in SERVICES if name not in FLEET])
def test_images_are_pinned(name: str) -> None:
    image, _, tag = SERVICES[name]["image"].rpartition(":")
    assert image and re.search(r"\d+\.\d+", tag), SERVICES[name]["image"]
    version = tuple(map(int, re.findall(r"\d+", tag)[:2]))
    if name == "rabbitmq":
        assert version >= (4, 1) and not tag.startswith("4.3.0")
    if name == "qdrant":
        assert version >= (1, 17)


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_confined(name: str) -> None:
    service = SERVICES[name]
    assert not {"privileged", "cap_add", "network_mode", "pid", "ipc", "devices", "env_file"} & service.keys()
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["mem_limit"] and service["pids_limit"]
    assert service["stop_grace_period"] == "60s"
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))
    assert not any("docker.sock" in volume for volume in service.get("volumes", []))
    if name not in ("rabbitmq", "embedding"):
        assert service["read_only"] is True
    if name != "ohra":
        assert service["healthcheck"]["test"]


@pytest.mark.parametrize("name", WORKERS)
def test_workers_scale(name: str) -> None:
    service = SERVICES[name]
    assert not {"container_name", "ports", "hostname", "volumes"} & service.keys()
    assert service["init"] is True
    assert service["restart"] == "unless-stopped"


def test_rabbitmq_keeps_its_data() -> None:
    # The data folder is named after the host.
    assert SERVICES["rabbitmq"]["hostname"]
    assert any(volume.endswith(":/var/lib/rabbitmq") for volume in SERVICES["rabbitmq"]["volumes"])


def test_secrets_are_files_and_never_values() -> None:
    for service in SERVICES.values():
        for name, value in environment(service).items():
            assert not re.search(r"(PASSWORD|TOKEN|API_KEY|SECRET|_PASS)$", name), name
            if name.endswith("_FILE") and value.startswith("/"):
                assert value.removeprefix("/run/secrets/") in service["secrets"]
        used = [secret if isinstance(secret, str) else secret["source"] for secret in service.get("secrets", [])]
        assert set(used) <= COMPOSE["secrets"].keys()
    # The sources' tokens stay with those who talk to the sources.
    holders = {name for name, service in SERVICES.items() if "jira_token" in service.get("secrets", [])}
    assert holders == {"extractor", "ohra"}


def test_secret_files_are_made_once_and_agree(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "deploy", tmp_path / "deploy", ignore=shutil.ignore_patterns("amqp_*", "qdrant_*", "rabbitmq_*"))
    script = tmp_path / "deploy" / "secrets" / "create"
    subprocess.run([script], check=True, capture_output=True)
    made = {path: path.read_bytes() for path in script.parent.iterdir()}
    for secret in COMPOSE["secrets"].values():
        assert (tmp_path / secret["file"]).exists()
    password = (script.parent / "amqp_password").read_text()
    assert len(password) == 48
    assert f"default_pass = {password}\n" in (script.parent / "rabbitmq_user.conf").read_text()
    key = yaml.safe_load((script.parent / "qdrant_local.yaml").read_text())["service"]["api_key"]
    assert str(key) == (script.parent / "qdrant_api_key").read_text()
    subprocess.run([script], check=True, capture_output=True)
    assert made == {path: path.read_bytes() for path in script.parent.iterdir()}
    # Every variable of the compose file that has no default of its own has a line here.
    example = (tmp_path / ".env").read_text()
    for name in re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text()):
        assert re.search(rf"^#?{name}=", example, re.MULTILINE), name


def test_secrets_are_not_committed() -> None:
    result = subprocess.run(
        ["git", "ls-files", "deploy/secrets", ".env"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert set(result.stdout.split()) <= {f"deploy/secrets/{name}" for name in ("README.md", "create", ".gitignore")}


# Dockerfile


def test_dockerfile_packages_exist_in_debian_12() -> None:
    installs = [text for text in instructions("RUN") if "apt-get install" in text]
    assert len(installs) == 2
    for text in installs:
        packages = text.split("--no-install-recommends")[1].split("&&")[0].split()
        assert packages
        for package in packages:
            policy = subprocess.run(["apt-cache", "policy", package], capture_output=True, text=True, check=True).stdout
            assert re.search(r"Candidate: \d", policy), package


def test_dockerfile_is_one_image_for_all_programs() -> None:
    assert re.match(r"swift:6\.3-bookworm AS build", instructions("FROM")[0])
    assert instructions("FROM")[1] == "debian:bookworm-slim"
    assert instructions("USER") == ["10001:10001"]
    assert instructions("ENTRYPOINT") == []
    assert "--static-swift-stdlib" in DOCKERFILE
    assert all(program in DOCKERFILE for program in (*WORKERS, "ohra"))


def test_dockerfile_carries_the_default_model_where_the_programs_look() -> None:
    location = (ROOT / "Sources/Embedding/Local/Model/ModelLocation.swift").read_text()
    assert "/usr/local/share" in location and "/ohra/models/" in location
    assert "--from=build /models/ /usr/local/share/ohra/models/" in instructions("COPY")
    assert "dev/model /models" in instructions("RUN")


def test_dockerfile_copies_what_exists_and_is_let_through() -> None:
    allowed = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    for copy in instructions("COPY"):
        words = [word for word in copy.split() if not word.startswith("--")]
        if "--from" in copy:
            continue
        for source in words[:-1]:
            assert (ROOT / source).exists(), source
            assert any(source == entry or source.startswith(entry + "/") for entry in allowed), source


def test_runtime_packages_are_what_the_programs_link() -> None:
    """Every library that a program needs directly belongs to a package of the runtime stage, or to the C library."""
    runtime = DOCKERFILE.split("FROM debian:bookworm-slim")[1]
    for program in (*WORKERS, "ohra"):
        header = subprocess.run(
            ["readelf", "-d", programs() / program], capture_output=True, text=True, check=True
        ).stdout
        for library in re.findall(r"NEEDED.*\[(.+)\]", header):
            if library.startswith(("libswift", "libFoundation", "lib_Foundation", "libdispatch", "libBlocksRuntime")):
                continue  # inside the program when built with --static-swift-stdlib
            found = shutil.which("dpkg") and subprocess.run(
                ["dpkg", "-S", f"*/{library}"], capture_output=True, text=True
            ).stdout
            packages = {line.split(":")[0] for line in (found or "").splitlines()}
            base = {"libc6", "libgcc-s1"}
            assert packages & base or any(package in runtime for package in packages), (program, library, packages)


def test_shell_files_parse() -> None:
    subprocess.run(["bash", "-n", ROOT / "deploy/bin/ohra-ready"], check=True)
    subprocess.run(["sh", "-n", ROOT / "deploy/secrets/create"], check=True)
    for service in SERVICES.values():
        test = service.get("healthcheck", {}).get("test", [])
        if "bash" in test:
            subprocess.run(["bash", "-n", "-c", test[-1].replace("$$", "$")], check=True)


# Message schemas


@pytest.mark.parametrize("name", ["documents", "vectors"])
def test_worked_examples_match_their_schemas(name: str) -> None:
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    checker = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    text = (ROOT / "docs" / "MESSAGES.md").read_text()
    section = text.split(f"## `ohra.{name}`")[1]
    example = json.loads(re.search(r"```json\n(.*?)```", section, re.DOTALL)[1])
    assert [error.message for error in checker.iter_errors(example)] == []
    # The schema must be able to say no.
    key = {"documents": "documents", "vectors": "vectors"}[name]
    for member in schema["$defs"]["document" if name == "documents" else "vector"]["required"]:
        broken = json.loads(json.dumps(example))
        del broken[key][0][member]
        assert not checker.is_valid(broken), member
    assert not checker.is_valid({**example, key: example[key] * 11})
