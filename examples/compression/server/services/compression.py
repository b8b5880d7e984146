"""Compressing, analyzing and testing contents."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from decimal import Decimal
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from examples.compression.server.analysis import media_type, profile
from examples.compression.server.caller import caller
from examples.compression.server.clock import now
from examples.compression.server.codecs import codecs, why_missing
from examples.compression.server.measuring import Measurement, RoundTrip, measure, measure_round_trip
from examples.compression.server.registry import Offer, all_offers, find_offer, offer_of
from examples.compression.server.services.base import PlatformService
from generated.compression.api.errors import BadRequest, NotFound
from generated.compression.api.services import CompressionService
from generated.compression.models.algorithm_viability_test import AlgorithmViabilityTest
from generated.compression.models.compression_algorithm import CompressionAlgorithm
from generated.compression.models.compression_request import CompressionRequest
from generated.compression.models.mapping.algorithm_viability_test import to_response as to_test
from generated.compression.schemas.algorithm_capability import AlgorithmCapability
from generated.compression.schemas.algorithm_viability_test import AlgorithmViabilityTestResponse
from generated.compression.schemas.compress_request import CompressRequest
from generated.compression.schemas.compress_response import CompressResponse
from generated.compression.schemas.compression_estimate import CompressionEstimate
from generated.compression.schemas.content_analysis import ContentAnalysis
from generated.compression.schemas.enums import CompressOutcome, RequestStatus, Viability
from generated.compression.schemas.viability_test_request import ViabilityTestRequest

logger = logging.getLogger(__name__)

LARGEST_RESULT = 99_999_999
"""Bytes of a compressed content that a request can hold."""


_LONGEST_LOOK = 1_000_000
"""Code points that are looked at to say what a content is."""


class ResultTooLarge(Exception):
    """A codec made more of a content than a request can hold."""


class Compression(PlatformService, CompressionService):
    """Compresses with the libraries of this machine, and measures them."""

    async def compress(self, body: CompressRequest) -> CompressResponse:
        content = body.content.encode()
        digest = await self.platform.pool.run(_digest, content)
        looks_like = await self.platform.pool.run(media_type, body.content[:_LONGEST_LOOK])
        async with self.platform.sessions.begin() as session:
            offer = await _offered(session, body.algorithm, body.compression_level)
            request = _request(body, offer, content, digest, looks_like)
            earlier = await _earlier(session, request)
            session.add(request)
            await session.flush()
            request.started_at = now(after=request.created_at)
            if earlier is None:
                request.status = RequestStatus.PROCESSING
            else:
                _complete(request, earlier.compressed_size_bytes, earlier.compression_ratio, 0)
                request.status = RequestStatus.CACHED
        if earlier is None:
            await self._perform(request, offer, content)
        return _answer(request, offer)

    async def _perform(self, request: CompressionRequest, offer: Offer, content: bytes) -> None:
        """Compress, and keep what became of it."""
        try:
            done = await self.platform.pool.run(measure, offer.codec, request.compression_level, content)
            if done.compressed_size > LARGEST_RESULT:
                raise ResultTooLarge
        except Exception as error:
            logger.exception("compressing with %s at %s failed", offer.name, request.compression_level)
            request.completed_at = now(after=request.started_at)
            request.error_code, request.error_message = _explain(error)
            request.status = RequestStatus.FAILED
        else:
            _complete(request, done.compressed_size, done.ratio, round(done.milliseconds))
            request.status = RequestStatus.COMPLETED
        async with self.platform.sessions.begin() as session:
            session.add(request)

    async def analyze(self, content: str) -> ContentAnalysis:
        async with self.platform.sessions.begin() as session:
            offers = await all_offers(session)
        return await self.platform.pool.run(_analyze, content, offers)

    async def test_viability(self, body: ViabilityTestRequest) -> list[AlgorithmViabilityTestResponse]:
        async with self.platform.sessions.begin() as session:
            offers = await _chosen(session, body)
        content = body.content.encode()
        digest = await self.platform.pool.run(_digest, content)
        tests = []
        for offer in offers:
            level = body.compression_level or offer.default_level
            done = await self.platform.pool.run(measure_round_trip, offer.codec, level, content)
            tests.append(_test(offer, digest, done))
        async with self.platform.sessions.begin() as session:
            session.add_all(tests)
        tests.sort(key=lambda test: test.viability_score, reverse=True)
        return [to_test(test) for test in tests]

    async def list_capabilities(self) -> list[AlgorithmCapability]:
        rows = await self.session.scalars(sa.select(CompressionAlgorithm).order_by(CompressionAlgorithm.name))
        return [_capability(row) for row in rows]


# What is kept


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()


async def _offered(session: AsyncSession, name: str, level: int | None) -> Offer:
    offer = await find_offer(session, name)
    if offer is None:
        raise NotFound(f"There is no algorithm named {name} enabled.")
    if level is not None and level not in offer.levels:
        levels = ", ".join(map(str, offer.levels))
        raise BadRequest(f"{name} does not support level {level}; its levels are {levels}.")
    return offer


def _request(body: CompressRequest, offer: Offer, content: bytes, digest: str, looks_like: str) -> CompressionRequest:
    by = caller()
    return CompressionRequest(
        algorithm_id=offer.id,
        content_hash=digest,
        content_size_bytes=len(content),
        content_type=looks_like,
        compression_level=body.compression_level,
        optimization_target=body.optimization_target,
        request_source=by.source,
        user_agent=by.user_agent,
        ip_address=by.address,
    )


async def _earlier(session: AsyncSession, request: CompressionRequest) -> CompressionRequest | None:
    """A request that compressed the same content in the same way; sizes and ratios are what is kept of it."""
    same = (
        sa.select(CompressionRequest)
        .where(
            CompressionRequest.content_hash == request.content_hash,
            CompressionRequest.algorithm_id == request.algorithm_id,
            CompressionRequest.compression_level == request.compression_level,
            CompressionRequest.status == RequestStatus.COMPLETED,
        )
        .order_by(CompressionRequest.created_at.desc())
    )
    return await session.scalar(same.limit(1))


def _complete(request: CompressionRequest, size: int | None, ratio: Decimal | None, milliseconds: int) -> None:
    request.completed_at = now(after=request.started_at)
    request.compressed_size_bytes = size
    request.compression_ratio = ratio
    request.processing_time_ms = milliseconds


def _explain(error: Exception) -> tuple[str, str]:
    if isinstance(error, ResultTooLarge):
        return "result_too_large", f"The result has more than {LARGEST_RESULT} bytes."
    if isinstance(error, MemoryError):
        return "out_of_memory", "There was not enough memory for this content at this level."
    return "codec_failed", "The library could not compress this content."


def _answer(request: CompressionRequest, offer: Offer) -> CompressResponse:
    return CompressResponse(
        request_id=request.id,
        status=CompressOutcome(request.status.value),
        original_size=request.content_size_bytes,
        compressed_size=request.compressed_size_bytes,
        compression_ratio=request.compression_ratio,
        processing_time_ms=request.processing_time_ms,
        algorithm_used=offer.name,
        cached=request.status == RequestStatus.CACHED,
        error_message=request.error_message,
    )


# What is measured


def _analyze(content: str, offers: Sequence[Offer]) -> ContentAnalysis:
    data = content.encode()
    found = profile(data)
    attempts = [measure(offer.codec, offer.default_level, data) for offer in offers]
    attempts.sort(key=lambda attempt: (-attempt.ratio, attempt.milliseconds))
    return ContentAnalysis(
        size_bytes=found.size,
        characters=len(content),
        distinct_bytes=found.distinct_bytes,
        entropy=found.entropy,
        redundancy=found.redundancy,
        content_type=media_type(content),
        recommended_algorithm=attempts[0].algorithm if attempts else None,
        candidates=[_estimate(attempt) for attempt in attempts],
    )


def _estimate(attempt: Measurement) -> CompressionEstimate:
    return CompressionEstimate(
        algorithm=attempt.algorithm,
        compression_level=attempt.level,
        compressed_size=attempt.compressed_size,
        compression_ratio=attempt.ratio,
        compression_time_ms=attempt.milliseconds,
    )


async def _chosen(session: AsyncSession, body: ViabilityTestRequest) -> Sequence[Offer]:
    """The algorithms that are named; without names every one that has the level."""
    level = body.compression_level
    if body.algorithms:
        return [await _offered(session, name, level) for name in body.algorithms]
    offers = [offer for offer in await all_offers(session) if level is None or level in offer.levels]
    if not offers and level is not None:
        raise BadRequest(f"No algorithm that is enabled supports level {level}.")
    return offers


def _test(offer: Offer, digest: str, done: RoundTrip) -> AlgorithmViabilityTest:
    return AlgorithmViabilityTest(
        algorithm_id=offer.id,
        compression_level=done.there.level,
        content_hash=digest,
        content_size_bytes=done.there.original_size,
        compressed_size_bytes=done.there.compressed_size,
        compression_ratio=done.there.ratio,
        compression_time_ms=done.there.milliseconds,
        decompression_time_ms=done.milliseconds_back,
        is_lossless=done.is_lossless,
        viability_score=done.score,
        verdict=Viability(done.verdict),
    )


def _capability(row: CompressionAlgorithm) -> AlgorithmCapability:
    codec, offer = codecs().get(row.name), offer_of(row)
    reason = None
    if offer is None:
        reason = "Its library has none of its levels." if codec else why_missing(row.name)
    return AlgorithmCapability(
        name=row.name,
        is_available=offer is not None,
        supports_streaming=row.supports_streaming,
        supports_parallel=row.supports_parallel,
        compression_levels=list(offer.levels if offer else row.compression_levels),
        default_level=offer.default_level if offer else row.compression_levels[0],
        library_version=codec.version if codec else None,
        unavailable_reason=reason,
    )
