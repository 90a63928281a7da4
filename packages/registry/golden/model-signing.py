"""What OpenSSF Model Signing itself signs of a folder: model-signing.golden.json, for ../attestation.test.ts.

    pip install model-signing==1.1.1 pyopenssl && python model-signing.py
"""

import json
import pathlib
import tempfile

from google.protobuf import json_format
from model_signing import hashing
from model_signing._signing import signing

# The files that every release has beside those of the model: ../manifest.ts, fixedAssets.
FIXED = ["manifest.json", "run.json", "evidence.json", "reference.profile.json", "golden.json", "MODEL_CARD.md"]
FOLDERS = [
    ["model.onnx"],
    ["model.onnx", "Model.onnx", "model-2.onnx", "model_2.onnx", "model.2.onnx", "model10.onnx", "_start.bin", "0.bin"],
]


def statement(files):
    with tempfile.TemporaryDirectory() as parent:
        folder = pathlib.Path(parent) / "churn"
        folder.mkdir()
        for name in files + FIXED:
            (folder / name).write_text(f"bytes of {name}")
        manifest = hashing.Config().set_ignored_paths(paths=FIXED).hash(folder)
        made = json_format.MessageToDict(signing.Payload(manifest).statement.pb)
        assert signing.dsse_payload_to_manifest(made) == manifest
        made["predicate"]["serialization"]["ignore_paths"].sort()
        return made


golden = [{"files": files, "statement": statement(files)} for files in FOLDERS]
path = pathlib.Path(__file__).with_name("model-signing.golden.json")
path.write_text(json.dumps(golden, indent=2) + "\n")
