"""How far the seed alone moves each metric, beside the difference of the plain training."""

from collections.abc import Mapping

from ci_mlops.records.reproduction import Reproduction, SeedEffect, Seeds
from ci_mlops.report.blocks import Block, Paragraph, Table
from ci_mlops.report.inline import prose, strong
from ci_mlops.report.numbers import NONE
from ci_mlops.report.reproduction_scale import scale_of
from ci_mlops.report.words import counted, spoken, title


def seed_blocks(made: Reproduction) -> list[Block]:
    seeds = made.measured.seeds
    if seeds is None:
        return []
    done = seeds.asked - seeds.failed
    blocks: list[Block] = []
    if seeds.failed:
        blocks.append(
            Paragraph(f"{counted(seeds.failed, 'training')} with other seeds failed: {prose(seeds.failure)}.")
        )
    if not done:
        return blocks
    if not seeds.unlike:
        text = f"With {counted(done, 'other seed')} it is the same model, bit for bit: its training hears no seed that can be varied."
        return [*blocks, Paragraph(text)]
    if not seeds.effects:
        text = f"With {counted(done, 'other seed')} it says the same of every pinned row."
        return [*blocks, Paragraph(text)]
    plain = {one.metric: one.improvement for one in made.measured.differences if one.slice is None}
    rows = tuple(_row(effect, plain, made) for effect in seeds.effects)
    head = ("Metric", "Registered", "Improvement", f"With {counted(done, 'other seed')}")
    return [
        *blocks,
        Table(head, ("left", "right", "right", "left"), rows),
        Paragraph(_reading(seeds)),
    ]


def _row(effect: SeedEffect, plain: Mapping[str, float | None], made: Reproduction) -> tuple[str, ...]:
    moved = effect.improvements
    scale = scale_of(effect.metric, max(map(abs, moved), default=0.0), made)
    again = plain.get(effect.metric, 0.0)
    return (
        title(effect.metric),
        NONE if effect.registered is None else scale.value(effect.registered),
        NONE if again is None else scale.change(again),
        f"{scale.bare(min(moved))} to {scale.change(max(moved))}" if moved else "can't be measured",
    )


def _reading(seeds: Seeds) -> str:
    text = "A difference between two models that is no wider than this may be the seed's, whatever its interval says."
    best = [effect for effect in seeds.effects if effect.is_best]
    if not best:
        return text
    metrics = ", ".join(spoken(effect.metric) for effect in best)
    most = max(len(effect.improvements) for effect in best)
    lucky = (
        f"{strong('The registered model is better than with every other seed')} in {metrics}. A seed that nobody chose "
        f"does that one time in {most + 1}; one that was picked by its result promises more than the recipe holds."
    )
    return f"{text} {lucky}"
