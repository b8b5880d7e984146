"""The compression libraries of this machine, each under the name that the registry of algorithms gives it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from platform import python_version
from types import MappingProxyType, ModuleType

Compress = Callable[[bytes, int], bytes]
Decompress = Callable[[bytes], bytes]


@dataclass(frozen=True)
class Codec:
    """A library at work: it compresses at each of its levels, and restores what it compressed."""

    name: str
    levels: range
    default_level: int
    version: str
    compress: Compress
    decompress: Decompress


@dataclass(frozen=True)
class _Library:
    """What is known of a library before it is imported."""

    module: str
    package: str | None
    levels: range
    default_level: int
    version: Callable[[ModuleType], str]
    functions: Callable[[ModuleType], tuple[Compress, Decompress]]


def is_known(name: str) -> bool:
    """Whether this service knows a library of this name, installed or not."""
    return name in _LIBRARIES


@cache
def codecs() -> Mapping[str, Codec]:
    """The codecs whose libraries are installed, by name."""
    found = {name: _load(name, library) for name, library in _LIBRARIES.items()}
    return MappingProxyType({name: codec for name, codec in found.items() if codec is not None})


def why_missing(name: str) -> str:
    """Why there is no codec of this name."""
    library = _LIBRARIES.get(name)
    if library is None:
        return f"This service has no codec named {name}."
    if library.package is None:
        return f"Python was built without its module {library.module}."
    return f"The Python package {library.package} is not installed."


def _load(name: str, library: _Library) -> Codec | None:
    try:
        module = import_module(library.module)
    except ImportError:
        return None
    compress, decompress = library.functions(module)
    return Codec(name, library.levels, library.default_level, library.version(module), compress, decompress)


def _gzip(gzip: ModuleType) -> tuple[Compress, Decompress]:
    # Without a time in its header the same content gives the same bytes.
    return lambda content, level: bytes(gzip.compress(content, level, mtime=0)), gzip.decompress


def _plain(module: ModuleType) -> tuple[Compress, Decompress]:
    return module.compress, module.decompress


def _lzma(lzma: ModuleType) -> tuple[Compress, Decompress]:
    def compress(content: bytes, level: int) -> bytes:
        # A dictionary longer than the content finds nothing more, and the larger presets take hundreds of megabytes.
        longest = 1 << max(12, len(content).bit_length())
        size = min(longest, 1 << _LZMA_DICTIONARIES[level])
        filters = [{"id": lzma.FILTER_LZMA2, "preset": level, "dict_size": size}]
        return bytes(lzma.compress(content, filters=filters))

    return compress, lzma.decompress


_LZMA_DICTIONARIES = (18, 20, 21, 22, 22, 23, 23, 24, 25, 26)
"""The binary logarithm of the dictionary of each preset."""


def _zstd(zstandard: ModuleType) -> tuple[Compress, Decompress]:
    def compress(content: bytes, level: int) -> bytes:
        return bytes(zstandard.ZstdCompressor(level=level).compress(content))

    def decompress(content: bytes) -> bytes:
        return bytes(zstandard.ZstdDecompressor().decompress(content))

    return compress, decompress


def _brotli(brotli: ModuleType) -> tuple[Compress, Decompress]:
    return lambda content, level: bytes(brotli.compress(content, quality=level)), brotli.decompress


def _lz4(frame: ModuleType) -> tuple[Compress, Decompress]:
    return lambda content, level: bytes(frame.compress(content, compression_level=level)), frame.decompress


def _of_python(_: ModuleType) -> str:
    return f"Python {python_version()}"


def _of_zlib(_: ModuleType) -> str:
    return str(import_module("zlib").ZLIB_RUNTIME_VERSION)


_LIBRARIES: Mapping[str, _Library] = {
    "gzip": _Library("gzip", None, range(1, 10), 6, _of_zlib, _gzip),
    "zlib": _Library("zlib", None, range(1, 10), 6, _of_zlib, _plain),
    "bz2": _Library("bz2", None, range(1, 10), 9, _of_python, _plain),
    "lzma": _Library("lzma", None, range(1, 10), 6, _of_python, _lzma),
    "lz4": _Library(
        "lz4.frame", "lz4", range(1, 13), 1, lambda _: str(import_module("lz4").library_version_string()), _lz4
    ),
    "zstd": _Library(
        "zstandard", "zstandard", range(1, 23), 3, lambda module: ".".join(map(str, module.ZSTD_VERSION)), _zstd
    ),
    "brotli": _Library("brotli", "brotli", range(1, 12), 5, lambda module: str(module.__version__), _brotli),
}
