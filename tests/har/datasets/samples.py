"""Small data sets in each published layout, made up: what their files hold, by the path below the root."""

import io
import re
from functools import partial

import numpy as np

import har
from har import datasets

_RNG = np.random.default_rng(0)


def _signal(n, n_channels):
    return (np.sin(np.arange(n)[:, None] / 7 + np.arange(n_channels)) + 0.01 * _RNG.normal(size=(n, n_channels))).round(
        4
    )


def _lines(table, separator, *, header=()):
    rows = (separator.join("NaN" if np.isnan(value) else f"{value:.6g}" for value in row) for row in table)
    return ("\n".join([*header, *rows]) + "\n").encode()


def _archive(**arrays):
    content = io.BytesIO()
    np.savez_compressed(content, **arrays)
    return content.getvalue()


def _mhealth():
    def table(codes):
        return np.column_stack([_signal(len(codes), 23), codes])

    codes = [0] * 10 + [1] * 30 + [4] * 30
    return {f"MHEALTH/mHealth_subject{person}.log": _lines(table(codes), "\t") for person in (1, 2)}


def _motionsense():
    names = ["attitude.roll", "attitude.pitch", "attitude.yaw"]
    names += [f"{sensor}.{axis}" for sensor in ("gravity", "rotationRate", "userAcceleration") for axis in "xyz"]
    header = [",".join(["", *names])]
    return {
        f"A_DeviceMotion_data/{activity}_1/sub_{person}.csv": _lines(
            np.column_stack([np.arange(40), _signal(40, 12)]), ",", header=header
        )
        for activity in ("wlk", "sit")
        for person in (1, 2)
    }


def _pamap2():
    def table(codes):
        return np.column_stack([5.64 + np.arange(len(codes)) / 100, codes, _signal(len(codes), 52)])

    codes = [0] * 10 + [1] * 30 + [4] * 30
    return {f"PAMAP2/Protocol/subject{person}.dat": _lines(table(codes), " ") for person in (101, 102)}


def _sisfall():
    names = ("SA01/D01_SA01_R01", "SA01/F01_SA01_R01", "SE06/F02_SE06_R01")
    rows = (300 * _signal(50, 9)).round()
    return {f"{name}.txt": _lines(rows, ",").replace(b"\n", b";\n") for name in names}


def _uci_har():
    files = {"activity_labels.txt": b"1 WALKING\n2 SITTING\n"}
    for part, person in (("train", 1), ("test", 2)):
        files[f"{part}/y_{part}.txt"] = b"1\n2\n1\n"
        files[f"{part}/subject_{part}.txt"] = f"{person}\n{person}\n3\n".encode()
        for signal in (f"{sensor}_{axis}" for sensor in ("total_acc", "body_acc", "body_gyro") for axis in "xyz"):
            files[f"{part}/Inertial Signals/{signal}_{part}.txt"] = _lines(_signal(128, 3).T, " ")
    return files


def _umafall():
    header = ["%Sensors; ID; Position", "%00; 0; RIGHTPOCKET; x", "%EF:01; 3; WRIST; SensorTag"]
    rows = [f"{50 * i}; {i}; 0.1; 0.2; {1 + i % 7 / 9:.3f}; {kind}; 3" for i in range(40) for kind in (0, 1)]
    text = ("\n".join(header + rows) + "\n").encode()
    return {
        f"UMAFall_Subject_0{person}_{activity}_1_2016-06-13_20-51-3{person}.csv": text
        for person in (1, 2)
        for activity in ("ADL_Walking", "Fall_backwardFall")
    }


def _urfd():
    table = np.column_stack([20.0 * np.arange(40), _signal(40, 4)])
    return {f"{name}-acc.csv": _lines(table, ",") for name in ("adl-01", "fall-01", "fall-02")}


def _weda_fall():
    table = np.column_stack([np.arange(60) / 25, _signal(60, 3)])
    return {
        f"dataset/25Hz/{trial}_{sensor}.csv": _lines(table, ",", header=[f"{sensor}_time_list,x,y,z"])
        for trial in ("F01/U01_R01", "D01/U21_R01")
        for sensor in ("accel", "gyro")
    }


def _wisdm():
    lines = [
        f"{person},{activity},{10**12 + (100 * run + i) * 50_000_000},{0.1 * i:.2f},9.8,{-0.1 * i:.2f};"
        for run, (person, activity) in enumerate([(1, "Walking"), (1, "Sitting"), (2, "Walking")])
        for i in range(40)
    ]
    return {"WISDM_ar_v1.1/WISDM_ar_v1.1_raw.txt": ("\n".join(lines) + "\n").encode()}


def _compact_motionsense():
    return {
        "motionsense_raw.npz": _archive(
            values_i16=(1000 * _signal(90, 9)).astype("i2"),
            scale=np.full(9, 0.001),
            offsets=np.array([0, 40, 90]),
            y=np.array([0, 1], "i1"),
            subject=np.array([1, 2], "i2"),
            trial=np.array([1, 2], "i2"),
            label_names=np.array(["walking", "sitting"]),
        )
    }


def _compact_sisfall():
    return {
        "sisfall_100hz.npz": _archive(
            values_i16=(1000 * _signal(90, 6)).astype("i2"),
            scale=np.full(6, 0.004),
            offsets=np.array([0, 40, 90]),
            activity=np.array(["D01", "F01"]),
            subject=np.array(["SA01", "SE06"]),
        )
    }


def _compact_umafall():
    return {
        "umafall_20hz.npz": _archive(
            X=_signal(3 * 5 * 300, 6).reshape(3, 5, 300, 6).astype("f4"),
            activity=np.array([0, 1, 1], "i1"),
            activity_names=np.array(["ADL_Walking", "Fall_forwardFall"]),
            subject=np.array([1, 2, 2], "i2"),
            damaged=np.array([False, False, True]),
        )
    }


def _own_files():
    table = np.column_stack([20 * np.arange(60), _signal(60, 2)])
    rows = [line + f",{'walk' if i % 50 < 25 else 'sit'}" for i, line in enumerate(_lines(table, ",").decode().split())]
    text = ("\n".join(["ms,ax,ay,does", *rows]) + "\n").encode()
    return {f"person{person}.csv": text for person in (1, 2)}


def _load_own(root):
    return har.Recordings.from_csv(
        root, time="ms", channels=["ax", "ay"], label="does", subject=re.compile(r"person(\d+)"), rate_hz=50
    )


#: The reader and the files of each layout.
LAYOUTS = {
    "mhealth": (datasets.load_mhealth, _mhealth),
    "motionsense": (datasets.load_motionsense, _motionsense),
    "motionsense, compact": (datasets.load_motionsense, _compact_motionsense),
    "pamap2": (datasets.load_pamap2, _pamap2),
    "sisfall": (datasets.load_sisfall, _sisfall),
    "sisfall, compact": (datasets.load_sisfall, _compact_sisfall),
    "uci-har": (datasets.load_uci_har, _uci_har),
    "umafall": (datasets.load_umafall, _umafall),
    "umafall, compact": (datasets.load_umafall, _compact_umafall),
    "urfd": (datasets.load_urfd, _urfd),
    "weda-fall": (partial(datasets.load_weda_fall, rate="25Hz"), _weda_fall),
    "wisdm": (datasets.load_wisdm, _wisdm),
    "files of one's own": (_load_own, _own_files),
}
COMPACT = [name for name in LAYOUTS if "compact" in name]
TEXT = [name for name in LAYOUTS if "compact" not in name]


def write(root, files):
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    return root


def content(data):
    """What was read, for comparison: signals as bytes, labels and people."""
    signals = data.X if hasattr(data, "X") else data.signals
    return [(signal.tobytes(), label, who) for signal, label, who in zip(signals, data.y, data.groups, strict=True)]
