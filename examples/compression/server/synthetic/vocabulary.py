"""The tokens that synthetic content is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate, islice, product
from random import Random
from string import ascii_letters, digits

_LANGUAGES: Mapping[str, str] = {
    "en": "the of and to in is that for it was on are as with they be at one have this from by hot word but what some"
    " there out other were all your when up use how said each she which their time will way about many then them"
    " would write like these long make thing see him two has look more day could go come did number sound most",
    "de": "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er"
    " hat dass sie nach wird bei einer um am sind noch wie einem über einen so zum war haben nur oder aber vor zur"
    " bis mehr durch man sein wurde sei größe straße müssen können zwischen schließlich heißt zurück gegenüber",
    "fr": "le de un être et à il avoir ne je son que se qui ce dans en du elle au pour pas vous par sur faire plus dire"
    " me on mon lui nous comme mais pouvoir avec tout y aller voir bien où sans tu ou leur homme si deux même prendre"
    " aussi celui donner jour moi toujours déjà très élève hôtel garçon façon année première œuvre",
    "es": "el la de que y a en un ser se no haber por con su para como estar tener le lo todo pero más hacer o poder"
    " decir este ir otro ese si me ya ver porque dar cuando él muy sin vez mucho saber qué sobre mi alguno mismo yo"
    " también hasta año dos querer entre así primero desde grande eso ni nos llegar pasar tiempo día niño corazón",
    "pt": "de a o que e do da em um para é com não uma os no se na por mais as dos como mas foi ao ele das tem à seu"
    " sua ou ser quando muito há nos já está eu também só pelo pela até isso ela entre era depois sem mesmo aos ter"
    " seus quem nas me esse eles estão você tinha foram essa num nem suas meu às minha têm coração informação",
    "ru": "и в не на я быть он что по это она этот к но они мы весь который из то за свой от так же мочь для"
    " как год один такой тот или если только бы себя какой когда уже время человек говорить дело жизнь день рука"
    " очень новый стать первый сам ещё большой другой после работа слово место лицо друг глаз вопрос дом страна",
}

_NOISE = ascii_letters + digits + "+/"
_SHARE_OF_PATTERNS = 0.4
_WIDEST = 2000


class Vocabulary:
    """Draws tokens: words of a language, the caller's patterns, and noise.

    The first words are drawn most, as in any language; when it is balanced each token comes as often as any other.
    """

    def __init__(
        self, random: Random, language: str, patterns: Sequence[str], complexity: float, noise: float, balanced: bool
    ) -> None:
        self._random = random
        self._noise = noise
        self._balanced = balanced
        words = _words(language, complexity)
        patterns = [pattern for pattern in patterns if pattern]
        self._tokens = [*words, *patterns]
        self._weights = list(accumulate([*_falling(words, 1.0), *_falling(patterns, _SHARE_OF_PATTERNS)]))
        self._simple = [token for token in self._tokens if token.isascii() and token.isalnum()] or ["data"]
        self._bag: list[str] = []

    def tokens(self, count: int) -> list[str]:
        """So many tokens."""
        drawn = self._from_bag(count) if self._balanced else self._by_weight(count)
        if self._noise:
            return [self.noise(4, 12) if self._random.random() < self._noise else token for token in drawn]
        return drawn

    def text(self, fewest: int, most: int) -> str:
        """Between so many tokens as one text."""
        return " ".join(self.tokens(self._random.randint(fewest, most)))

    def noise(self, fewest: int, most: int) -> str:
        """A stretch of characters that follows from nothing."""
        return "".join(self._random.choices(_NOISE, k=self._random.randint(fewest, most)))

    def plain(self, length: int) -> str:
        """A text of exactly so many letters, digits and blanks of ASCII, which no kind of content has to quote."""
        words = self._random.choices(self._simple, k=length // 2 + 1)
        return " ".join(words)[:length].ljust(length, ".")

    def _by_weight(self, count: int) -> list[str]:
        return self._random.choices(self._tokens, cum_weights=self._weights, k=count)

    def _from_bag(self, count: int) -> list[str]:
        while len(self._bag) < count:
            self._bag[:0] = self._random.sample(self._tokens, len(self._tokens))
        drawn = self._bag[-count:]
        del self._bag[-count:]
        return drawn


def _words(language: str, complexity: float) -> list[str]:
    """The more complex, the more words; beyond those of the language they are compounds."""
    base = _LANGUAGES.get(language.split("-")[0].lower(), _LANGUAGES["en"]).split()
    wanted = max(4, round(_WIDEST * complexity**2))
    compounds = (first + second for first, second in product(base, base))
    return [*base[:wanted], *islice(compounds, max(0, wanted - len(base)))]


def _falling(tokens: Sequence[str], share: float) -> list[float]:
    """The weight of each token, half as much for the second as for the first; the sum is the share."""
    weights = [1 / rank for rank in range(1, len(tokens) + 1)]
    whole = sum(weights)
    return [weight * share / whole for weight in weights]
