"""A small stand-in for an S3-compatible service on a loopback port. It holds the signature of every request."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import quote, unquote
from xml.etree import ElementTree

from aiohttp import web

ACCESS_KEY, SECRET_KEY, REGION = "wire-access-key", "wire-secret-that-nobody-may-read", "test-region"
_PAGE = 10


@dataclass
class WireS3:
    """``buckets``: bucket → key → content. ``broken``: every request is answered with 503."""

    port: int = 0
    buckets: dict[str, dict[str, bytes]] = field(default_factory=lambda: {"tsunagu": {}})
    broken: bool = False
    requests: list[str] = field(default_factory=list)
    _uploads: dict[str, dict[int, bytes]] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        return {
            "TSUNAGU_BACKUP_COPY_TO": "s3://tsunagu/copies/bot",
            "TSUNAGU_BACKUP_S3_ENDPOINT": f"http://127.0.0.1:{self.port}",
            "TSUNAGU_BACKUP_S3_REGION": REGION,
            "TSUNAGU_BACKUP_S3_ACCESS_KEY": ACCESS_KEY,
            "TSUNAGU_BACKUP_S3_SECRET_KEY": SECRET_KEY,
        }

    async def _answer(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.requests.append(f"{request.method} {request.path_qs}")
        if self.broken:
            return _error(503, "SlowDown")
        if not _is_signed(request, body):
            return _error(403, "SignatureDoesNotMatch")
        bucket_name, _, key = unquote(request.rel_url.raw_path).lstrip("/").partition("/")
        bucket = self.buckets.get(bucket_name)
        if bucket is None:
            return _error(404, "NoSuchBucket")
        if not key:
            query = request.query
            return _listing(sorted(bucket), query.get("prefix", ""), query.get("continuation-token", ""))
        if "uploads" in request.query or "uploadId" in request.query:
            return self._in_parts(request, bucket, key, body)
        return _object(request.method, bucket, key, body)

    def _in_parts(self, request: web.Request, bucket: dict[str, bytes], key: str, body: bytes) -> web.Response:
        if "uploads" in request.query:
            upload = f"upload-{len(self._uploads)}"
            self._uploads[upload] = {}
            return _xml("InitiateMultipartUploadResult", UploadId=upload)
        upload = request.query["uploadId"]
        if request.method == "PUT":
            self._uploads[upload][int(request.query["partNumber"])] = body
            return web.Response(headers=_about(body))
        parts = self._uploads.pop(upload)
        bucket[key] = b"".join(parts[number] for number in sorted(parts))
        return _xml("CompleteMultipartUploadResult", ETag=_about(bucket[key])["ETag"])


def _object(method: str, bucket: dict[str, bytes], key: str, body: bytes) -> web.Response:
    match method:
        case "GET" if key in bucket:
            return web.Response(body=bucket[key], headers=_about(bucket[key]))
        case "GET":
            return _error(404, "NoSuchKey")
        case "PUT":
            bucket[key] = body
            return web.Response(headers=_about(body))
        case "DELETE":
            bucket.pop(key, None)
            return web.Response(status=204)
    return _error(501, "NotImplemented")


def _is_signed(request: web.Request, body: bytes) -> bool:
    """AWS Signature Version 4, reckoned anew from what arrived."""
    kind, _, rest = request.headers.get("Authorization", "").partition(" ")
    given = dict(part.strip().split("=", 1) for part in rest.split(",") if "=" in part)
    payload = request.headers.get("x-amz-content-sha256", "")
    if kind != "AWS4-HMAC-SHA256" or payload not in ("UNSIGNED-PAYLOAD", hashlib.sha256(body).hexdigest()):
        return False
    access_key, day, region, service, _ = given["Credential"].split("/")
    query = "&".join(f"{quote(k, safe='~')}={quote(v, safe='~')}" for k, v in sorted(request.query.items()))
    headers = "".join(f"{name}:{request.headers[name].strip()}\n" for name in given["SignedHeaders"].split(";"))
    canonical = "\n".join(
        [request.method, request.rel_url.raw_path, query, headers, given["SignedHeaders"], payload]
    )  # fmt: skip
    scope = f"{day}/{region}/{service}/aws4_request"
    told = "\n".join([kind, request.headers["x-amz-date"], scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = f"AWS4{SECRET_KEY}".encode()
    for piece in (day, region, service, "aws4_request"):
        key = hmac.digest(key, piece.encode(), "sha256")
    wanted = hmac.digest(key, told.encode(), "sha256").hex()
    return (access_key, region, service, given["Signature"]) == (ACCESS_KEY, REGION, "s3", wanted)


def _listing(keys: list[str], prefix: str, after: str) -> web.Response:
    """One page of what stands directly under the prefix."""
    left = [key for key in keys if key.startswith(prefix) and "/" not in key[len(prefix) :] and key > after]
    root = ElementTree.Element("ListBucketResult")
    ElementTree.SubElement(root, "IsTruncated").text = str(len(left) > _PAGE).lower()
    if len(left) > _PAGE:
        ElementTree.SubElement(root, "NextContinuationToken").text = left[_PAGE - 1]
    for key in left[:_PAGE]:
        entry = ElementTree.SubElement(root, "Contents")
        for name, value in (("Key", key), ("LastModified", "2026-11-21T10:00:00.000Z"), ("Size", "1")):
            ElementTree.SubElement(entry, name).text = value
    return web.Response(body=ElementTree.tostring(root), content_type="application/xml")


def _xml(kind: str, **fields: str) -> web.Response:
    root = ElementTree.Element(kind)
    for name, value in fields.items():
        ElementTree.SubElement(root, name).text = value
    return web.Response(body=ElementTree.tostring(root), content_type="application/xml")


def _error(status: int, code: str) -> web.Response:
    answer = _xml("Error", Code=code, Message=code)
    answer.set_status(status)
    return answer


def _about(content: bytes) -> dict[str, str]:
    return {
        "ETag": f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"',
        "Last-Modified": "Sat, 21 Nov 2026 10:00:00 GMT",
    }


@asynccontextmanager
async def wire_s3() -> AsyncIterator[WireS3]:
    """The stand-in, listening on a free loopback port."""
    stand_in = WireS3()
    app = web.Application(client_max_size=64 * 1024 * 1024)
    app.router.add_route("*", "/{rest:.*}", stand_in._answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    stand_in.port = runner.addresses[0][1]
    try:
        yield stand_in
    finally:
        await runner.cleanup()
