"""What the program is made of, for others' programs to read (CycloneDX 1.6): `python -m tests.supply.sbom FILE`."""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from packageurl import PackageURL

from tests.supply.licences import licence
from tests.supply.lock import ROOT, Locked, npm, python

_ALGORITHMS = {"sha256": HashAlgorithm.SHA_256, "sha512": HashAlgorithm.SHA_512}


def build() -> dict[str, Any]:
    """The list as it is written."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    itself = Component(name=project["name"], version=project["version"], type=ComponentType.APPLICATION)
    bom = Bom(metadata=BomMetaData(component=itself), components=_components([*python(), *npm()]))
    bom.register_dependency(itself, [one for one in bom.components if one.scope is ComponentScope.REQUIRED])
    made: dict[str, Any] = json.loads(make_outputter(bom, OutputFormat.JSON, SchemaVersion.V1_6).output_as_string())
    return made


def _components(packages: Iterable[Locked]) -> list[Component]:
    licences = LicenseFactory()
    found = []
    for one in packages:
        group, _, name = one.name.rpartition("/")
        url = PackageURL(one.kind, group or None, name, one.version)
        found.append(
            Component(
                name=name, group=group or None, version=one.version, purl=url, bom_ref=url.to_string(),
                scope=ComponentScope.REQUIRED if one.shipped else ComponentScope.EXCLUDED,
                hashes=[HashType(alg=_ALGORITHMS[algorithm], content=digest) for algorithm, digest in one.hashes],
                licenses=[licences.make_from_string(licence(one))] if licence(one) else [],
            )
        )  # fmt: skip
    return found


if __name__ == "__main__":
    file = Path(sys.argv[1])
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(build(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
