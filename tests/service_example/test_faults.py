"""What goes wrong inside is kept and told in words, and nothing of the inside with it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import sqlalchemy as sa

from examples.compression.server import registry
from examples.compression.server.codecs import codecs
from examples.compression.server.platform import Platform, Settings, make_platform, running
from examples.compression.server.services import compression as compressing
from examples.compression.server.services import media, services_of
from examples.compression.server.synthetic import generate as really_generate
from generated.compression.models.optimization_strategy import OptimizationStrategy
from generated.compression.models.synthetic_media import SyntheticMedia
from generated.compression.schemas.compress_request import CompressRequest
from generated.compression.schemas.compress_response import CompressResponse
from generated.compression.schemas.enums import GenerationStatus, RunStatus
from generated.compression.schemas.optimization_run import OptimizationRunCreate
from generated.compression.schemas.synthetic_data_config import SyntheticDataConfigInput
from generated.compression.schemas.synthetic_media import SyntheticMediaResponse
from tests.service_example.test_operations import CONFIG, compression

SECRET = "SELECT owl FROM nest"


def on_platform(test: Callable[[Platform], Awaitable[None]], data: Path, **settings: Any) -> None:
    """Run a test with the parts of a service on SQLite."""

    async def run() -> None:
        platform = make_platform(Settings(data=data, **settings))
        async with running(platform):
            await test(platform)

    asyncio.run(run())


async def compress(platform: Platform) -> CompressResponse:
    async with platform.sessions.begin() as session:
        service = services_of(platform).compression(session)
        return await service.compress(CompressRequest.model_validate(compression()))


async def generate(platform: Platform, **changes: Any) -> SyntheticMediaResponse:
    async with platform.sessions.begin() as session:
        service = services_of(platform).synthetic_media(session)
        return await service.generate_media(SyntheticDataConfigInput.model_validate(CONFIG | changes))


@pytest.mark.parametrize(
    ("error", "code"), [(RuntimeError(SECRET), "codec_failed"), (MemoryError(SECRET), "out_of_memory")]
)
def test_a_codec_that_fails_is_a_failed_request(
    error: Exception, code: str, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer and the row say so, in words of their own."""

    def fail(_: bytes, __: int) -> bytes:
        raise error

    monkeypatch.setattr(registry, "codecs", lambda: {"gzip": replace(codecs()["gzip"], compress=fail)})

    async def test(platform: Platform) -> None:
        answer = await compress(platform)
        assert answer.status == "failed" and answer.compressed_size is None and answer.error_message
        assert SECRET not in answer.error_message
        async with platform.sessions.begin() as session:
            kept = await services_of(platform).compression(session).get_request(answer.request_id)
        assert (kept.status, kept.error_code, kept.error_message) == ("failed", code, answer.error_message)
        assert kept.completed_at is not None and kept.processing_time_ms is None

    on_platform(test, data)


def test_a_result_that_no_row_can_hold_is_a_failure(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit is that of the column."""
    monkeypatch.setattr(compressing, "LARGEST_RESULT", 10)

    async def test(platform: Platform) -> None:
        answer = await compress(platform)
        assert (answer.status, answer.error_message) == ("failed", "The result has more than 10 bytes.")

    on_platform(test, data)


def test_a_library_that_is_gone_is_noted(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The registry no longer offers what the machine lacks; when it is back, so is the offer."""

    async def test(platform: Platform, names: set[str]) -> None:
        async with platform.sessions.begin() as session:
            listed = await services_of(platform).algorithms(session).list_algorithms(None, enabled_only=True)
        assert {row.name for row in listed} == names

    every = {"brotli", "gzip", "lz4", "lzma", "zstd"}
    on_platform(lambda platform: test(platform, every), data)
    with monkeypatch.context() as patch:
        patch.setattr(registry, "codecs", lambda: {"gzip": codecs()["gzip"]})
        on_platform(lambda platform: test(platform, {"gzip"}), data)
    on_platform(lambda platform: test(platform, every), data)


def test_nobody_waits_for_large_content(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer comes before the content; media that are deleted meanwhile are not made."""
    finish = Event()
    monkeypatch.setattr(media, "generate", lambda *given: finish.wait(30) and really_generate(*given))

    async def test(platform: Platform) -> None:
        made, dropped = await generate(platform), await generate(platform)
        assert made.status in ("pending", "processing") and made.size_bytes is None
        async with platform.sessions.begin() as session:
            await services_of(platform).synthetic_media(session).delete_media(dropped.id)
        finish.set()
        while platform.jobs.working:
            await asyncio.sleep(0.01)
        async with platform.sessions.begin() as session:
            (kept,) = await session.scalars(sa.select(SyntheticMedia))
        assert (kept.id, kept.status, kept.size_bytes) == (made.id, GenerationStatus.COMPLETED, 2000)

    on_platform(test, data, patience_seconds=0)


def test_a_run_that_cannot_go_on_fails(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its row says so."""

    def fail(_: bytes, __: int) -> bytes:
        raise RuntimeError(SECRET)

    async def test(platform: Platform) -> None:
        sample = await generate(platform)
        broken = replace(codecs()["gzip"], compress=fail)
        monkeypatch.setattr(registry, "codecs", lambda: {"gzip": broken})
        async with platform.sessions.begin() as session:
            strategy = (await session.scalars(sa.select(OptimizationStrategy.id))).first()
            assert strategy is not None
            service = services_of(platform).optimization(session)
            body = OptimizationRunCreate(strategy_id=strategy, media_id=sample.id)
            assert (await service.start_run(body)).status == RunStatus.PENDING
        while platform.jobs.working:
            await asyncio.sleep(0.01)
        async with platform.sessions.begin() as session:
            (run,) = await services_of(platform).optimization(session).list_runs(RunStatus.FAILED)
        assert run.error_message == "The search could not go on." and run.completed_at is not None

    on_platform(test, data)
