from __future__ import annotations

import pytest

from gui.views.grid_layout import MARGIN, GridRequest, arrange


def request(count=6, width=5, height=5, area=(420, 320), **more):
    return GridRequest(count=count, width=width, height=height, area_width=area[0], area_height=area[1], **more)


@pytest.mark.parametrize("count", [1, 2, 7, 40])
@pytest.mark.parametrize("size", [(5, 5), (28, 28), (3, 7)])
def test_a_small_grid_fits_the_area_at_a_whole_scale(count, size):
    layout = arrange(request(count, *size))
    assert layout.scale == int(layout.scale) >= 1
    assert layout.height <= 320
    x, _ = layout.picture_corner(0, layout.columns - 1)
    assert x + layout.picture_width <= 420 - MARGIN + 1
    assert layout.columns * layout.rows >= count


def test_the_scale_is_whole_in_device_pixels():
    layout = arrange(request(40, 28, 28, ratio=1.5))
    assert layout.scale * 1.5 == pytest.approx(round(layout.scale * 1.5))


def test_many_pictures_scroll_instead_of_vanishing():
    layout = arrange(request(10_000, 28, 28))
    assert layout.picture_width >= 40
    assert layout.height > 320
    x, _ = layout.picture_corner(0, layout.columns - 1)
    assert x + layout.picture_width <= 420


def test_the_number_of_columns_asked_for_is_kept():
    assert arrange(request(8, columns=8)).columns == 8
    assert arrange(request(8, columns=3)).columns == 3
    assert arrange(request(2, columns=10)).columns == 2


def test_a_picture_wider_than_the_area_shrinks_to_it():
    layout = arrange(request(1, 3000, 2000))
    assert layout.picture_width <= 420 - 2 * MARGIN
    assert layout.scale < 1


def test_labels_get_room_below_and_beside():
    plain, labelled = arrange(request()), arrange(request(label_width=80, label_height=15))
    assert labelled.cell_height == labelled.picture_height + 15
    assert labelled.cell_width >= 80
    assert labelled.picture_height <= plain.picture_height


def test_rows_between_names_exactly_the_rows_in_view():
    layout = arrange(request(10_000, 28, 28))
    pitch = layout.picture_corner(1, 0)[1] - layout.picture_corner(0, 0)[1]
    assert layout.rows_between(0, 1) == (0, 0)
    first, last = layout.rows_between(layout.top + 10 * pitch + 1, layout.top + 12 * pitch - 1)
    assert (first, last) == (10, 12)
    assert layout.rows_between(1e9, 2e9) == (layout.rows, layout.rows)


def test_a_cell_is_found_by_its_picture_and_gaps_belong_to_none():
    layout = arrange(request())
    x, y = layout.picture_corner(1, 2)
    assert layout.cell_at(x + 1, y + 1) == (1, 2)
    assert layout.cell_at(x - 2, y + 1) is None
    assert layout.cell_at(-5, -5) is None


@pytest.mark.parametrize("area", [(1, 1), (0, 0), (50, 3)])
def test_an_area_too_small_for_anything_still_has_a_layout(area):
    assert arrange(request(9, 28, 28, area=area, label_width=90, label_height=14)).scale > 0


def test_no_picture_is_an_error():
    with pytest.raises(ValueError, match="no picture"):
        arrange(request(0))
