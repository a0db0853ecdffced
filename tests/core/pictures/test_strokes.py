from __future__ import annotations

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from core.pictures import PictureError, strokes
from core.pictures.stroke_style import ONE_UPRIGHT
from tests.rendered_digits import FONTS, LARGEST_SIDE, MODES, SMALLEST_SIDE, digit_picture, rendered_digits

Seen = NDArray[np.uint8]


def seen_in(picture: Image.Image) -> Seen:
    """What a network for 28×28 px is given: 28×28."""
    seen: Seen = strokes(picture, 28, 28)[0]
    return seen


def alike(first: Seen, second: Seen) -> float:
    """Correlation of two pictures: 1 for the same one."""
    return float(np.corrcoef(first.ravel(), second.ravel())[0, 1])


def extent(seen: Seen) -> tuple[int, int]:
    """Height and width of what is more than faint."""
    rows, columns = np.nonzero(seen > 60)
    return int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1


def centre_of_mass(seen: Seen) -> tuple[float, float]:
    mass = seen.astype(float)
    rows, columns = np.indices(seen.shape)
    return float((mass * rows).sum() / mass.sum()), float((mass * columns).sum() / mass.sum())


def jpeg(levels: NDArray[np.floating]) -> Image.Image:
    buffer = io.BytesIO()
    Image.fromarray(levels.clip(0, 255).astype(np.uint8)).save(buffer, "JPEG", quality=75)
    return Image.open(io.BytesIO(buffer.getvalue()))


REFERENCE = digit_picture("Caladea", 5, canvas=(400, 400), height=240)


def test_strokes_are_light_on_black_twenty_px_large_and_centred_by_mass() -> None:
    for digit in range(10):
        picture = strokes(digit_picture("Manrope Bold", digit), 28, 28)
        assert picture.shape == (1, 28, 28) and picture.dtype == np.uint8
        seen = picture[0]
        assert seen.max() == 255
        assert 0.5 < (seen == 0).mean() < 0.95
        assert 19 <= max(extent(seen)) <= 21
        assert centre_of_mass(seen) == pytest.approx((14, 14), abs=0.35)


def test_the_same_digit_looks_the_same_whatever_its_size() -> None:
    reference = seen_in(REFERENCE)
    for side in (40, 60, 100, 300, 900, 2_000):
        picture = digit_picture("Caladea", 5, canvas=(side, side), height=round(0.6 * side))
        assert alike(seen_in(picture), reference) > (0.98 if side >= 100 else 0.95), side


def test_the_same_digit_is_known_again_in_a_picture_of_twenty_px() -> None:
    picture = digit_picture("Caladea", 5, canvas=(20, 20), height=16)
    assert alike(seen_in(picture), seen_in(REFERENCE)) > 0.9


def test_the_same_digit_looks_the_same_wherever_it_lies() -> None:
    reference = seen_in(REFERENCE)
    for corner in ((0.0, 0.0), (1.0, 0.0), (0.02, 0.97), (1.0, 1.0), (0.3, 0.8)):
        picture = digit_picture("Caladea", 5, canvas=(900, 700), height=150, corner=corner)
        assert alike(seen_in(picture), reference) > 0.98, corner


@pytest.mark.parametrize("mode", [*MODES, "CMYK", "I", "F"])
def test_the_same_digit_looks_the_same_in_every_mode_dark_or_light(mode: str) -> None:
    reference = seen_in(REFERENCE)
    for ink, paper in (((0, 0, 0), (255, 255, 255)), ((255, 255, 255), (0, 0, 0)), ((90, 90, 90), (140, 140, 140))):
        if mode.endswith("on nothing") and ink == (90, 90, 90):
            continue
        picture = digit_picture("Caladea", 5, canvas=(300, 300), height=200, ink=ink, paper=paper, mode=mode)
        assert alike(seen_in(picture), reference) > 0.98, ink


def test_ink_may_differ_from_its_paper_in_colour_alone() -> None:
    picture = digit_picture("Caladea", 5, ink=(200, 60, 60), paper=(60, 131, 60))
    assert np.ptp(np.asarray(picture.convert("L"))) < 5
    assert alike(seen_in(picture), seen_in(REFERENCE)) > 0.97


def test_a_sheet_with_transparent_surroundings_is_read_as_a_sheet() -> None:
    sheet = digit_picture("Caladea", 5, canvas=(200, 240), height=150, mode="RGBA")
    picture = Image.new("RGBA", (500, 400), (0, 0, 0, 0))
    picture.paste(sheet, (120, 60))
    assert alike(seen_in(picture), seen_in(REFERENCE)) > 0.98


def hand_held_photo(dark: float = 0.75, seed: int = 0) -> NDArray[np.float64]:
    """Grey levels of a photo of the reference: slanting light, a vignette and noise."""
    chance = np.random.default_rng(seed)
    coverage = np.asarray(digit_picture("Caladea", 5, canvas=(600, 600), height=300, mode="L")) / 255.0
    down, across = np.mgrid[:600, :600] / 600
    paper = 210 - 70 * (0.4 * down + 0.6 * across) - 40 * ((down - 0.5) ** 2 + (across - 0.5) ** 2)
    photo: NDArray[np.float64] = paper * (1 - dark * (1 - coverage)) + chance.normal(0, 6, (600, 600))
    return photo


@pytest.mark.parametrize("dark", [0.9, 0.6, 0.3])
def test_uneven_light_noise_and_jpeg_do_no_harm(dark: float) -> None:
    assert alike(seen_in(jpeg(hand_held_photo(dark))), seen_in(REFERENCE)) > 0.97


def test_lines_of_the_paper_are_left_out() -> None:
    photo = hand_held_photo()
    for row in range(20, 600, 45):
        photo[row : row + 2] *= 0.85
    assert alike(seen_in(jpeg(photo)), seen_in(REFERENCE)) > 0.97


def test_dust_is_left_out() -> None:
    photo = hand_held_photo()
    photo[30:37, 540:548] = photo[560:566, 20:27] = 20
    assert alike(seen_in(jpeg(photo)), seen_in(REFERENCE)) > 0.97


def test_the_desk_in_a_corner_is_left_out() -> None:
    photo = hand_held_photo()
    down, across = np.indices(photo.shape)
    photo[down + across < 200] = 40
    assert alike(seen_in(jpeg(photo)), seen_in(REFERENCE)) > 0.97


@pytest.mark.parametrize("angle", [0, 4])
def test_a_sheet_on_a_dark_desk_is_found(angle: float) -> None:
    levels = Image.fromarray(hand_held_photo().clip(0, 255).astype(np.uint8))
    desk = Image.fromarray(np.random.default_rng(1).normal(50, 9, (900, 1_000)).clip(0, 255).astype(np.uint8))
    turned = levels.rotate(angle, Image.Resampling.BICUBIC, expand=True)
    desk.paste(turned, (150, 100), Image.new("L", levels.size, 255).rotate(angle, expand=True))
    expected = seen_in(REFERENCE.rotate(angle, Image.Resampling.BICUBIC, fillcolor="white"))
    assert alike(seen_in(desk), expected) > 0.95


def test_hair_thin_strokes_are_thickened() -> None:
    reference = None
    for width in (1, 2, 4):
        picture = Image.new("L", (2_000, 2_000), 255)
        ImageDraw.Draw(picture).line([(400, 300), (1_500, 340), (900, 1_700)], fill=0, width=width)
        seen = seen_in(picture)
        reference = seen if reference is None else reference
        row = seen[12].astype(float)
        assert 1.5 < row.sum() / 255 < 3.5
        assert extent(seen) == pytest.approx(extent(reference), abs=1)
        assert alike(seen, reference) > 0.85


def test_very_bold_strokes_are_thinned_a_little() -> None:
    def ink(width: int) -> float:
        picture = Image.new("L", (600, 600), 255)
        ImageDraw.Draw(picture).line([(150, 100), (450, 100), (250, 500)], fill=0, width=width, joint="curve")
        return float((seen_in(picture) > 127).mean())

    assert ink(40) < ink(80) < ink(140) < 1.6 * ink(80)


def test_condensed_digits_are_widened_and_ones_are_not() -> None:
    narrow = {digit: digit_picture("Amatic SC Bold", digit, canvas=(400, 400), height=300) for digit in (0, 1, 8)}
    bar = Image.new("L", (200, 200), 255)
    bar.paste(0, (95, 30, 110, 170))
    widths = {digit: extent(seen_in(picture))[1] for digit, picture in narrow.items()}
    assert widths[0] >= 8 and widths[8] >= 8
    assert widths[1] <= 7
    assert extent(seen_in(bar))[1] <= 3


def test_a_one_with_a_flag_becomes_a_bar_and_a_seven_stays() -> None:
    assert ONE_UPRIGHT > 0.5
    assert extent(seen_in(digit_picture("Aileron", 1)))[1] <= 7
    assert extent(seen_in(digit_picture("Aileron", 7)))[1] >= 10


@pytest.mark.parametrize(
    ("side", "expected", "middle"),
    [(28, 20, 14.0), (32, 20, 16.0), (64, 46, 32.6), (224, 160, 115.5), (8, 6, 3.6)],
)
def test_the_box_keeps_its_share_of_the_field(side: int, expected: int, middle: float) -> None:
    seen = strokes(digit_picture("Manrope Bold", 8), side, side)[0]
    assert abs(max(extent(seen)) - expected) <= 1
    assert centre_of_mass(seen) == pytest.approx((middle, middle), abs=0.6)


def test_the_field_lies_in_the_middle_of_an_oblong() -> None:
    seen = strokes(REFERENCE, 28, 40)[0]
    assert seen.shape == (28, 40)
    np.testing.assert_array_equal(seen[:, 6:34], seen_in(REFERENCE))


def blank_pictures() -> dict[str, Image.Image]:
    chance = np.random.default_rng(3)
    noisy = chance.normal(190, 7, (500, 500)).clip(0, 255).astype(np.uint8)
    slanting = np.linspace(90, 240, 300, dtype=np.uint8)[:, None].repeat(400, axis=1)
    return {
        "white": Image.new("L", (300, 300), 255),
        "black": Image.new("RGB", (300, 300)),
        "one pixel": Image.new("L", (1, 1), 40),
        "noisy paper": jpeg(noisy.astype(float)),
        "slanting light": Image.fromarray(slanting),
        "pure noise": Image.fromarray(chance.integers(0, 256, (400, 400), dtype=np.uint8)),
        "transparent": Image.new("RGBA", (40, 40), (0, 0, 0, 0)),
    }


@pytest.mark.parametrize("name", blank_pictures())
def test_on_blank_paper_nothing_is_drawn(name: str) -> None:
    with pytest.raises(PictureError, match=r"[Nn]othing is drawn"):
        strokes(blank_pictures()[name], 28, 28)


@pytest.mark.filterwarnings("error")
def test_odd_pictures_give_strokes_or_a_picture_error() -> None:
    chance = np.random.default_rng(4)
    shapes = [(1, 900), (900, 1), (2, 2), (3, 5_000), (7, 13), (250, 250)]
    odd = [chance.choice(levels, shape).astype(np.uint8) for shape in shapes for levels in ((0, 255), (0, 0, 0, 255))]
    odd.append(np.indices((400, 400)).sum(axis=0).astype(np.uint8) % 2 * 255)
    for levels in odd:
        try:
            assert strokes(Image.fromarray(levels), 28, 28).shape == (1, 28, 28)
        except PictureError as error:
            assert "drawn" in str(error)


def test_a_side_below_four_px_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 4×4"):
        strokes(REFERENCE, 3, 28)


def test_rendered_digits_are_what_people_hand_in() -> None:
    digits = rendered_digits(7)
    assert len(digits) == 10 * len(FONTS) >= 40
    assert [label for _, label in digits[:10]] == list(range(10))
    sides = [max(picture.size) for picture, _ in digits]
    assert min(sides) < 5 * SMALLEST_SIDE and max(sides) > LARGEST_SIDE / 4
    assert {picture.mode for picture, _ in digits} == {"L", "RGB", "RGBA", "P", "LA"}
    again = rendered_digits(7)
    assert all(one.tobytes() == other.tobytes() for (one, _), (other, _) in zip(digits, again, strict=True))


def test_each_rendered_digit_is_found_and_alike_in_both_seeds() -> None:
    first, second = (rendered_digits(seed, ("Fredoka One", "Caladea")) for seed in (1, 2))
    for (one, label), (other, _) in zip(first, second, strict=True):
        if min(*one.size, *other.size) > 60:
            assert alike(seen_in(one), seen_in(other)) > 0.95, label
