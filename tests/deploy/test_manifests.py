"""Kubernetes' and Compose's files by their own schemas, and what no schema knows: that the parts fit together."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from compose_spec import PyOptions
from guards.source import ROOT
from support.deployed import DEPLOY, command

from lti_tool.config import PREFIX, SETTINGS, load

FOLDER = DEPLOY / "kubernetes"
VERSIONS = ("1.29", "1.33", "1.37")
"""Of Kubernetes: old ones that schools still run, and the newest there is a schema of."""
PART = "app.kubernetes.io/component"
SECRET = {"LTI_TOOL_DATABASE_URL", "LTI_TOOL_REDIS_URL", "LTI_TOOL_SECRET_KEY"}


def resources() -> dict[tuple[str, str], dict[str, Any]]:
    """All that `kubectl apply -k` makes, by kind and name."""
    listed = yaml.safe_load((FOLDER / "kustomization.yaml").read_text())["resources"]
    assert {path.name for path in FOLDER.glob("*.yaml")} == {*listed, "kustomization.yaml"}
    found = (one for name in listed for one in yaml.safe_load_all((FOLDER / name).read_text()))
    return {(one["kind"], one["metadata"]["name"]): one for one in found}


KUBERNETES = resources()


def pods() -> dict[str, Mapping[str, Any]]:
    """The template of every pod, by the part it plays."""
    templates = [one["spec"]["template"] for one in KUBERNETES.values() if "template" in one.get("spec", {})]
    return {one["metadata"]["labels"][PART]: one["spec"] for one in templates}


def containers() -> Iterator[tuple[str, Mapping[str, Any]]]:
    for part, pod in pods().items():
        for container in pod["containers"]:
            yield part, container


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("key", KUBERNETES, ids="/".join)
def test_kubernetes_knows_every_field(key: tuple[str, str], version: str):
    kubernetes_validate.validate(KUBERNETES[key], version, strict=True)


def test_a_slip_in_a_manifest_is_found():
    slip = {**KUBERNETES["PodDisruptionBudget", "lti-tool-web"], "spec": {"minAvailabel": 1}}
    with pytest.raises(kubernetes_validate.ValidationError, match="minAvailabel"):
        kubernetes_validate.validate(slip, VERSIONS[-1], strict=True)


def test_all_parts_are_there_and_are_chosen_by_name():
    assert set(pods()) == {"web", "worker", "beat", "migrate"}
    for (kind, name), one in KUBERNETES.items():
        spec = one.get("spec", {})
        if kind == "Deployment":
            assert spec["selector"]["matchLabels"] == spec["template"]["metadata"]["labels"], name
        if kind == "HorizontalPodAutoscaler":
            assert ("Deployment", spec["scaleTargetRef"]["name"]) in KUBERNETES
        if kind in {"Service", "PodDisruptionBudget"} and name != "lti-tool-nothing":
            chosen = spec["selector"] if kind == "Service" else spec["selector"]["matchLabels"]
            assert chosen[PART] in pods(), name


def test_probes_and_services_name_ports_that_are_there():
    for part, container in containers():
        named = {port["name"] for port in container.get("ports", [])}
        asked = {container[probe]["httpGet"]["port"] for probe in container if probe.endswith("Probe")}
        assert asked <= named, part
    probed = {part for part, container in containers() if "livenessProbe" in container}
    assert probed == {"web", "worker"}


def test_no_pod_may_do_more_than_it_must():
    for part, pod in pods().items():
        assert pod["securityContext"]["runAsNonRoot"], part
        assert not pod["automountServiceAccountToken"], part
    for part, container in containers():
        rights = container["securityContext"]
        assert rights["readOnlyRootFilesystem"], part
        assert rights["capabilities"]["drop"] == ["ALL"], part
        assert not rights["allowPrivilegeEscalation"], part


def test_settings_are_good_ones_and_secrets_are_not_among_them(tmp_path: Path):
    data = KUBERNETES["ConfigMap", "lti-tool"]["data"]
    assert not SECRET & set(data)
    assert not any(kind == "Secret" for kind, _name in KUBERNETES)
    load({**data, "LTI_TOOL_DATA": str(tmp_path)})


def compose(text: str | None = None) -> dict[str, Any]:
    """The file as Compose understands it."""
    options = PyOptions(apply_merge=True)
    found = options.from_yaml(text or (DEPLOY / "compose.yaml").read_text())
    found.validate()
    return found.to_dict()


def test_compose_knows_every_field_and_every_part():
    found = compose()
    services = found["services"]
    assert set(services) == {"db", "redis", "migrate", "web", "nginx", "worker", "beat", "backup"}
    for service in services.values():
        assert set(service.get("depends_on", {})) <= set(services)
        mounted = {str(one).split(":")[0] for one in service.get("volumes", [])}
        assert {name for name in mounted if name[0] not in "./"} <= set(found["volumes"])


def test_a_slip_in_compose_is_found():
    text = (DEPLOY / "compose.yaml").read_text()
    with pytest.raises(ValueError, match="stop_grace_perod"):
        compose(text.replace("stop_grace_period", "stop_grace_perod"))


def test_what_compose_sets_are_settings(tmp_path: Path):
    settings = compose()["services"]["worker"]["environment"]
    assert set(settings) <= {PREFIX + row.name for row in SETTINGS}
    load({**settings, "LTI_TOOL_DATA": str(tmp_path)})


@pytest.mark.parametrize("part", ["worker", "beat"])
def test_background_work_is_started_alike_everywhere(part: str):
    """systemd, Compose and Kubernetes differ in where Python is, and in nothing else."""
    started = command(f"lti-tool-{part}.service")
    words = started[started.index("celery") :]
    assert compose()["services"][part]["command"] == words
    (pod,) = (container for name, container in containers() if name == part)
    assert pod["command"] == words


def test_what_the_image_copies_is_there():
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    kept = [line[1:] for line in ignored if line.startswith("!")]
    assert [name for name in kept if not (ROOT / name).exists()] == []
    assert {"lti_tool", "content", "deploy", "requirements", "pyproject.toml"} == set(kept)
