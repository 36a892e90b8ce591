"""dlib's file of the face network read, refused, and made into a graph that is always the same bytes."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.errors import DeviceError
from appliance.face import graph, resnet, resnet_file
from appliance.face.models import catalogue

MODEL = catalogue()["embedder"]
DAT = MODEL.verified().read_bytes()


@pytest.fixture(scope="module")
def dat() -> bytes:
    return DAT


@pytest.fixture(scope="module")
def made() -> bytes:
    return graph.built()


# The file ------------------------------------------------------------------------------------------------------------


def test_the_file_is_the_published_architecture(dat: bytes) -> None:
    network = resnet_file.read(dat, "net.dat")
    assert network.mean == pytest.approx((122.782, 117.001, 104.298), abs=1e-3)
    assert 1 + 2 * len(network.blocks) == 29
    assert network.stem.weights.shape == (32, 3, 7, 7)
    assert [b.first.weights.shape[0] for b in network.blocks if b.down] == [64, 128, 256, 256]
    assert network.head.shape == (256, 128)


def cost(network: resnet_file.Network) -> int:
    """Multiplications of all convolutions for one chip; a side becomes (side + 2·padding - size) / stride + 1."""
    side, total = resnet_file.SIDE, 0

    def run(part: resnet_file.Convolution) -> None:
        nonlocal side, total
        side = (side + 2 * part.padding - part.weights.shape[2]) // part.stride + 1
        total += part.weights.size * side * side

    run(network.stem)
    side = (side - 3) // 2 + 1
    for block in network.blocks:
        before = side
        run(block.first)
        run(block.second)
        side = max(side, before // 2) if block.down else side
    return total


def test_the_network_costs_what_was_measured(dat: bytes) -> None:
    assert cost(resnet_file.read(dat, "net.dat")) == pytest.approx(0.27e9, rel=0.03)


@pytest.mark.parametrize("share", [0, 0.00001, 0.3, 0.999, 0.9999999])
def test_a_truncated_file_says_where_it_ends(dat: bytes, share: float) -> None:
    with pytest.raises(DeviceError, match=r"cut\.dat: not dlib's face network: at byte \d+: it ends there, \d+ bytes"):
        resnet_file.read(dat[: int(share * len(dat))], "cut.dat")


def test_bytes_behind_the_network_are_refused(dat: bytes) -> None:
    with pytest.raises(DeviceError, match="1 bytes follow the network"):
        resnet_file.read(dat + b"\0", "long.dat")


def test_another_model_of_dlib_is_named_as_such() -> None:
    points = catalogue()["landmarks"].verified()
    with pytest.raises(DeviceError, match=rf"{points.name}: not dlib's face network: at byte 4: a name of"):
        resnet_file.read(points.read_bytes(), points.name)


DIFFERENT = {
    "input": (b"input_rgb_image_sized", b"input_rgb_image_squid", "input is 'input_rgb_image_squid'"),
    "size": (b"\x01\x96\x01\x96", b"\x01\x96\x01\x97", "size of the input is"),
    "layer": (b"relu_", b"sigm_", "layer is 'sigm_', dlib's face network has 'relu_'"),
    "pool": (b"max_pool_2\x01\x03", b"max_pool_2\x01\x02", "shape of max_pool_2"),
    "batch-norm": (b"affine_", b"bn_con2", "'bn_con2', dlib's face network has 'affine_' or 'affine_2'"),
    "kernel": (b"con_4\x01\x02\x02\x80\x12", b"con_4\x01\x02\x02\x80\x13", "numbers in the convolution of 3 to 32"),
    "outputs": (b"fc_2\x01\x80", b"fc_2\x01\x40", "shape of the last layer is"),
    "long name": (b"\x01\x05con_4", b"\x01\x7fcon_4", "a name of 127 characters"),
    "number": (b"\x01\x05con_4", b"\x09\x05con_4", "0x09 does not begin a number"),
    "switch": (b"relu_110", b"relu_1x0", "is neither true nor false"),
    "infinity": (b"\x03b\x90\xf5\x81\x11", b"\x03b\x90\xf5\x02\x00\x7d", "is no finite number"),
}


@pytest.mark.parametrize("name", DIFFERENT)
def test_another_architecture_is_refused_with_what_was_found_and_expected(dat: bytes, name: str) -> None:
    right, wrong, sentence = DIFFERENT[name]
    assert right in dat
    with pytest.raises(DeviceError, match=re.escape(sentence)):
        resnet_file.read(dat.replace(right, wrong, 1), "other.dat")


def test_a_weight_that_is_no_number_is_refused(dat: bytes) -> None:
    at = dat.index(b"con_4") + 100
    at += (dat.index(b"con_4") + 5 + 11 - at) % 4  # onto the boundary of a float
    with pytest.raises(DeviceError, match="a number that is not finite"):
        resnet_file.read(dat[:at] + np.float32(np.nan).tobytes() + dat[at + 4 :], "nan.dat")


STRUCTURE = [
    match.start() + n
    for match in re.finditer(rb"con_4|affine_|relu_|add_prev_|max_pool_2|avg_pool_2", DAT[:260_000])
    for n in range(-60, 16)  # what a layer before ends with, its name and its shape
]
SHAPES = [(outputs, inputs, 3, 3) for inputs, outputs, _ in resnet_file.blocks()]


@given(st.integers(0, 400) | st.sampled_from(STRUCTURE), st.integers(1, 255))
def test_a_flipped_byte_is_refused_in_a_sentence_or_changes_a_number_alone(at: int, flip: int) -> None:
    """Never another exception, never another shape. (In use, the sha256 has refused it before.)"""
    changed = bytearray(DAT)
    changed[at] ^= flip
    refused = ""
    try:
        network = resnet_file.read(bytes(changed), "flipped.dat")
    except DeviceError as error:
        refused = str(error)
    if refused:
        assert "flipped.dat: not dlib's face network: at byte" in refused
    else:
        assert [block.first.weights.shape for block in network.blocks] == SHAPES


def rewritten(dat: bytes) -> bytes:
    """The same network as a later dlib writes it: con_6 with two switches more, affine_2 and fc_3 with one more."""
    ends = rb"(?=1[01][01](?:\x01\x02(?:\x01\x00){4}){3})"  # what every layer ends with
    for before, after, switches in (
        (b"\x05con_4", b"\x05con_6", b"10"),
        (b"\x07affine_", b"\x08affine_2", b"0"),
        (b"\x04fc_2", b"\x04fc_3", b"0"),
    ):
        layer = re.compile(before + rb"(.*?)" + ends, re.DOTALL)
        dat = b"".join(
            after + part + switches if kept else part for n, part in enumerate(layer.split(dat)) for kept in [n % 2]
        )
    return dat


def test_the_same_network_in_the_form_of_a_later_dlib_is_the_same() -> None:
    later = resnet_file.read(rewritten(DAT), "later.dat")
    assert resnet.build(later, "") == resnet.build(resnet_file.read(DAT, "net.dat"), "")


def test_a_later_form_that_computes_something_else_is_refused() -> None:
    later = rewritten(DAT)
    at = later.index(b"10110\x01\x02", later.index(b"con_6"))  # with a bias, without a rectifier
    without = later[:at] + b"0" + later[at + 1 :]
    with pytest.raises(DeviceError, match="bias of the convolution of 3 to 32 channels is False"):
        resnet_file.read(without, "no_bias.dat")


# The graph -----------------------------------------------------------------------------------------------------------


def test_the_graph_is_always_the_bytes_whose_digest_the_list_states(made: bytes) -> None:
    assert hashlib.sha256(made).hexdigest() == MODEL.graph_sha256
    assert graph.built() == made


def test_the_graph_is_valid_and_says_what_it_was_made_from(made: bytes) -> None:
    model = onnx.load_from_string(made)
    onnx.checker.check_model(model, full_check=True)
    assert {entry.key: entry.value for entry in model.metadata_props} == {"source_sha256": MODEL.sha256}
    assert (model.producer_name, model.producer_version) == ("appliance.face.resnet", resnet.BUILDER)
    assert sum(node.op_type == "Conv" and max(node.attribute[0].ints) > 1 for node in model.graph.node) == 29
    assert not [node for node in model.graph.node if node.op_type == "BatchNormalization"]


def test_a_graph_that_comes_out_different_is_refused_with_both_values() -> None:
    with pytest.raises(DeviceError, match=rf"graph made from .*{MODEL.file}: sha256 is {MODEL.graph_sha256}") as caught:
        graph.built(replace(MODEL, graph_sha256="0" * 64))
    assert "models.toml says " + "0" * 64 in str(caught.value)


def test_the_kept_graph_opens_and_an_altered_one_is_refused_with_both_values(tmp_path: Path, made: bytes) -> None:
    path = graph.write(tmp_path / "models")
    assert path == graph.path_in(tmp_path / "models")
    assert graph.verified(tmp_path / "models") == path
    assert path.read_bytes() == made
    altered = bytearray(made)
    altered[len(made) // 2] ^= 1
    path.write_bytes(altered)
    with pytest.raises(DeviceError, match="run `appliance models build`") as caught:
        graph.verified(tmp_path / "models")
    assert hashlib.sha256(altered).hexdigest() in str(caught.value)
    assert MODEL.graph_sha256 in str(caught.value)
    graph.write(tmp_path / "models")
    assert graph.verified(tmp_path / "models").read_bytes() == made


def test_where_no_graph_was_made_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        graph.verified(tmp_path)


def test_what_an_earlier_version_made_goes_away_and_nothing_else_does(tmp_path: Path) -> None:
    earlier, other = tmp_path / f"{Path(MODEL.file).stem}-0123456789ab.onnx", tmp_path / "face_detection.onnx"
    earlier.write_bytes(b"earlier")
    other.write_bytes(b"other")
    path = graph.write(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted([path, other])
    assert path.stat().st_mode & 0o777 == 0o644


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "models").write_text("in the way")
    with pytest.raises(DeviceError, match="cannot be written"):
        graph.write(tmp_path / "models")
    assert [path.name for path in tmp_path.iterdir()] == ["models"]


def test_who_opens_a_graph_does_not_load_onnx(tmp_path: Path) -> None:
    graph.write(tmp_path)
    code = (
        "import sys; from pathlib import Path; from appliance.face import graph; "
        "from appliance.face.embedder import OnnxEmbedder; OnnxEmbedder(graph.verified(Path(sys.argv[1]))); "
        "print('onnx' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", code, tmp_path], capture_output=True, text=True, check=True)
    assert (said.stdout.strip(), said.stderr) == ("False", "")
