"""Fetches the model that holds a stage, and refuses bytes that are not those that were registered.

    python production_model.py OWNER/REPO churn production model.onnx

Python's standard library only. GITHUB_TOKEN is needed for a private repository, and for more than 60 calls an hour.
"""

import hashlib
import json
import os
import re
import sys
import urllib.parse
import urllib.request

API = os.environ.get("GITHUB_API_URL", "https://api.github.com")


class KeepTokenAtHome(urllib.request.HTTPRedirectHandler):
    """GitHub answers a download with another server's address: the token is not for that one."""

    def redirect_request(self, request, *rest):
        following = super().redirect_request(request, *rest)
        following.remove_header("Authorization")
        return following


def get(path, accept="application/vnd.github+json"):
    headers = {"Accept": accept, "X-GitHub-Api-Version": "2022-11-28"}
    if token := os.environ.get("GITHUB_TOKEN"):
        headers["Authorization"] = f"Bearer {token}"
    with urllib.request.build_opener(KeepTokenAtHome).open(urllib.request.Request(API + path, headers=headers)) as answer:
        return answer.read()


def production_model(repository, model, stage, file):
    """The bytes of a file of the version that holds the stage, and the version's name."""
    at = f"/repos/{repository}"
    refs = json.loads(get(f"{at}/git/matching-refs/tags/" + urllib.parse.quote(f"{model}#{stage}#", safe="")))
    slots = [ref for ref in refs if re.fullmatch(rf"refs/tags/{model}#{stage}#[1-9]\d*", ref["ref"])]
    if not slots:
        raise SystemExit(f"Nobody holds {model}#{stage}.")
    holder = max(slots, key=lambda ref: int(ref["ref"].rpartition("#")[2]))
    slot = json.loads(get(f"{at}/git/tags/{holder['object']['sha']}"))
    version = json.loads(slot["message"].split("\n\n", 1)[1].rpartition("}")[0] + "}")["version"]
    manifest = json.loads(get(f"{at}/contents/manifest.json?ref={slot['object']['sha']}", "application/vnd.github.raw+json"))
    expected = next(entry["sha256"] for entry in manifest["files"] if entry["path"] == file)
    release = json.loads(get(f"{at}/releases/tags/" + urllib.parse.quote(f"{model}@{version}", safe="")))
    asset = next(asset for asset in release["assets"] if asset["name"] == file)
    content = get(f"{at}/releases/assets/{asset['id']}", "application/octet-stream")
    if hashlib.sha256(content).hexdigest() != expected:
        raise SystemExit(f"{file} of {model}@{version} does not have the bytes that were registered.")
    return content, version


if __name__ == "__main__":
    data, name = production_model(*sys.argv[1:5])
    with open(sys.argv[4], "wb") as out:
        out.write(data)
    print(f"{sys.argv[4]}: {len(data)} bytes of {sys.argv[2]} {name}")
