"""Checks of one result: numbered steps over its envelope, its form, its counts and its rule.

Each `…_fault` answers with the first fault it finds, as one sentence, or with None.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from appliance import record, result_form, results, rules
from appliance.errors import ConfigurationError
from appliance.report import Report, read_sealed, sealed_titles
from appliance.result_form import Counts, Decision, Result
from appliance.rules import Outcome, Tally, Verdict
from appliance.slips import with_silence
from appliance.values import Choice, Role, Voting

RESULT_STEPS = (
    *sealed_titles("a result"),
    "The statement has the form of a result",
    "The electorate, the present and the votes agree with the counts",
    "Quorum, threshold and verdict follow from the rule named",
)


def check_result(data: bytes, trusted: Collection[str] = ()) -> Report:
    """Check the envelope of one result; `trusted` are fingerprints (sha256 of the raw key, hexadecimal)."""
    report = Report("result", RESULT_STEPS)
    # 1 to 6
    result = read_sealed(report, data, record.RESULT, trusted, result_form.parse)
    # 7
    if result is not None and report.judge(count_fault(result)):
        # 8
        report.judge(rule_fault(result))
    return report


def count_fault(result: Result) -> str | None:
    """Whether the people, their votes and the counts contradict one another."""
    return _people_fault(result) or _votes_fault(result) or _tally_fault(result)


def _people_fault(result: Result) -> str | None:
    electorate = [d.id for d in result.electorate]
    if not electorate or len(set(electorate)) != len(electorate):
        return "nobody belongs to the electorate, or somebody twice"
    if any(d.role is not Role.MEMBER for d in result.electorate):
        return "somebody belongs to the electorate who is no member"
    if result.chair and result.chair not in electorate:
        return f"the chair {result.chair} does not belong to the electorate"
    if not _ordered(result.present, electorate):
        return "the present are not members, each once, in the order of the electorate"
    if result.method is Voting.SLIP and len(result.present) != len(electorate):
        return "a slip goes to all members"
    if result.weights and result.weights != {d.id: d.weight for d in result.electorate}:
        return "the weights are not those of the electorate"
    represented, present = result.proxies, set(result.present)
    if not present >= {*represented, *represented.values()} or represented.keys() & set(represented.values()):
        return "a proxy is held by somebody who is not there, or passed on"
    return None


def _ordered(some: Sequence[str], everybody: Iterable[str]) -> bool:
    """Whether they are a part of everybody, each once, in the same order: an order of its own would tell something."""
    named = set(some)
    return list(some) == [one for one in everybody if one in named]


def _votes_fault(result: Result) -> str | None:
    if not result.votes.keys() <= set(result.present) - result.proxies.keys():
        return "somebody voted who was not present at the opening, or whose vote is another's"
    if not _ordered([e.delegate for e in result.entered], (d for d in result.present if d in result.votes)):
        return "the votes entered by hand are not a part of the votes, each once, in the order of the electorate"
    if any(e.witness == e.delegate for e in result.entered):
        return "somebody vouched for their own vote"
    if not result.opinions.keys() <= result.votes.keys() or not all(result.opinions.values()):
        return "an opinion stands beside no answer, or is empty"
    if not _ordered(result.took_part, result.present):
        return "those who took part were not present, or stand in an order of their own"
    if len(result.choices) != len(result.took_part):
        return f"{len(result.took_part)} took part, the list has {len(result.choices)} choices"
    if len({vote.tracker for vote in result.choices}) != len(result.choices):
        return "two choices of the list have one tracker"
    return None


def _tally_fault(result: Result) -> str | None:
    stated = result.tally
    here, total = _weight(result, result.present), _weight(result, (d.id for d in result.electorate))
    counts = (stated.for_, stated.against, stated.abstain) if result.hands is not None else _cast(result)
    for_, against, abstain = counts
    if sum(counts) > here:
        return f"{sum(counts)} votes are more than the {here} present"
    recounted = Counts(for_=for_, against=against, abstain=abstain, not_cast=here - sum(counts), absent=total - here)
    if recounted != stated:
        return f"the counts are {stated}, a recount gives {recounted}"
    silent = stated.not_cast if result.silence_agrees else 0
    return None if result.assumed == silent else f"{result.assumed} count as agreeing by silence, it should be {silent}"


def _cast(result: Result) -> tuple[int, int, int]:
    """For, against and abstentions among the votes or in the list; a represented member's vote is the holder's."""
    listed = [vote.choice for vote in result.choices]
    cast = {d: result.votes.get(result.proxies.get(d, d)) for d in result.present}
    for_, against, abstain = (
        listed.count(choice) + _weight(result, (d for d, c in cast.items() if c is choice)) for choice in Choice
    )
    return for_, against, abstain


def _weight(result: Result, delegates: Iterable[str]) -> int:
    return sum(result.weights.get(d, 1) for d in delegates)


def rule_fault(result: Result) -> str | None:
    """Whether quorum, threshold, verdict, readings or the chair's ruling contradict the rule."""
    try:
        rule = rules.preset(result.rule.preset)
        majority = rules.majority(rule, result.rule.majority).name
    except ConfigurationError as error:
        return str(error)
    if rule.weighted != bool(result.weights) or (result.proxies and not rule.weighted):
        return f"weights and proxies do not stand as {rule.preset} has them"
    here, total = _weight(result, result.present), _weight(result, (d.id for d in result.electorate))
    quorum, needed = rule.quorum_of(total), rule.needed(majority, total, here)
    if (result.rule.quorum, result.rule.needed) != (quorum, needed):
        return f"the rule gives quorum {quorum} of {total} and {needed} needed"
    if (here < quorum) != bool(result.override):
        return f"{here} were present, the quorum is {quorum}, the chair's reason to go on: {result.override!r}"
    verdict = _verdict(rule, result)
    if isinstance(verdict, str):
        return verdict
    return _verdict_fault(results.decision(verdict), result.verdict)


def _verdict(rule: rules.Rule, result: Result) -> Verdict | str:
    """What the rule makes of the counts, after the chair's ruling if there is one; or why the ruling cannot stand."""
    stated, majority = result.tally, result.rule.majority
    counts = Tally(
        for_=stated.for_ + result.assumed,
        against=stated.against,
        abstain=stated.abstain,
        not_cast=stated.not_cast - result.assumed,
        absent=stated.absent,
    )
    chair = result.votes.get(result.chair) if result.method in (Voting.OPEN, Voting.SLIP) else None
    before = rules.verdict(rule, majority, counts, chair)
    if result.ruling is None:
        return with_silence(before, result.assumed)
    ruled = rules.ruled(before, result.ruling.reading)
    if ruled is None:
        return f"the chair chose {result.ruling.reading}, which is no reading of the rule here"
    return with_silence(ruled, result.assumed)


def _verdict_fault(ruled: Decision, stated: Decision) -> str | None:
    """Outcomes must be the rule's own, and each sentence begin with its outcome and numbers.

    How it goes on, the words and articles behind the first parenthesis, belongs to the version that wrote it: a record
    is to be read by later ones, too.
    """
    if _outcomes(ruled) != _outcomes(stated):
        return f"the rule gives {ruled.outcome}: {ruled.sentence['en']}"
    for sentence, said in zip(_sentences(ruled), _sentences(stated), strict=True):
        numbers = {language: f"{text.partition(' (')[0]} (" for language, text in sentence.items()}
        if said.keys() != numbers.keys() or not all(said[one].startswith(numbers[one]) for one in numbers):
            return f"a sentence does not begin with {numbers['en']!r} as the counts have it"
    return None


def _outcomes(decision: Decision) -> tuple[Outcome, list[tuple[str, Outcome]]]:
    return decision.outcome, [(reading.id, reading.outcome) for reading in decision.readings]


def _sentences(decision: Decision) -> list[dict[str, str]]:
    return [decision.sentence, *(reading.sentence for reading in decision.readings)]
