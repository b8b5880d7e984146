"""The operations of the API, each group a subclass of its generated service."""

from functools import partial

from examples.compression.server.platform import Platform
from examples.compression.server.services.algorithms import Algorithms
from examples.compression.server.services.compression import Compression
from examples.compression.server.services.media import Media
from examples.compression.server.services.metrics import Metrics
from examples.compression.server.services.optimization import Optimization
from examples.compression.server.services.workflows import Workflows
from generated.compression.api import Services


def services_of(platform: Platform) -> Services:
    """What makes the services of a request."""
    return Services(
        algorithms=Algorithms,
        compression=partial(Compression, platform),
        synthetic_media=partial(Media, platform),
        metrics=partial(Metrics, platform),
        optimization=partial(Optimization, platform),
        workflows=partial(Workflows, platform),
    )
