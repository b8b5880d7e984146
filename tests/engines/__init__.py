"""Real engines for tests and measurements: PostgreSQL, SQLite, Node with TypeScript, Zod and Biome."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
CACHE = ROOT / ".cache"
