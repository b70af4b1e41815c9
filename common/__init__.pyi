from . import plotting as plotting
from .alarms.messages import AlarmMessage as AlarmMessage
from .alarms.policy import AlarmPolicy as AlarmPolicy
from .alarms.terms import (
    AlarmEvidence as AlarmEvidence,
    AlarmPhase as AlarmPhase,
    AlarmTransition as AlarmTransition,
)
from .alarms.tracker import AlarmTracker as AlarmTracker
from .bundles.description import BundleDescription as BundleDescription, describe_bundle as describe_bundle
from .bundles.loading import load_bundle as load_bundle
from .bundles.saving import save_bundle as save_bundle
from .bundles.trained_on import TrainingData as TrainingData
from .costs.blocks import (
    bottleneck_cost as bottleneck_cost,
    mbconv_cost as mbconv_cost,
    residual_cost as residual_cost,
)
from .costs.device_profiles import (
    CORTEX_M4 as CORTEX_M4,
    CORTEX_M7 as CORTEX_M7,
    CORTEX_M33 as CORTEX_M33,
    DESKTOP_CORE as DESKTOP_CORE,
    DEVICES as DEVICES,
    ESP32_S3 as ESP32_S3,
    NRF52840 as NRF52840,
    RASPBERRY_PI_4 as RASPBERRY_PI_4,
)
from .costs.devices import Device as Device, Estimate as Estimate, compare_ledgers as compare_ledgers
from .costs.layers import (
    conv2d_cost as conv2d_cost,
    dense_cost as dense_cost,
    separable_conv2d_cost as separable_conv2d_cost,
)
from .costs.ledger import Cost as Cost, Ledger as Ledger
from .costs.operation import training_cost as training_cost, transmission_cost as transmission_cost
from .costs.series import dtw_cost as dtw_cost, knn_cost as knn_cost, prototype_cost as prototype_cost
from .errors import (
    FrugalError as FrugalError,
    FrugalWarning as FrugalWarning,
    InvalidInputError as InvalidInputError,
    MissingDependencyError as MissingDependencyError,
    ModelIntegrityError as ModelIntegrityError,
    UnsafeInputError as UnsafeInputError,
)
from .evaluation.decisions import Evaluation as Evaluation, evaluate as evaluate
from .evaluation.events import EventScore as EventScore, alarm_times as alarm_times, score_events as score_events
from .evaluation.intervals import Interval as Interval, Intervals as Intervals
from .evaluation.operating_point import (
    MonitoredDay as MonitoredDay,
    OperatingPoint as OperatingPoint,
    choose_threshold as choose_threshold,
)
from .evaluation.paired import PairedDifference as PairedDifference, paired_difference as paired_difference
from .evaluation.rates import (
    poisson_interval as poisson_interval,
    poisson_upper_bound as poisson_upper_bound,
    precision_at as precision_at,
)
from .evaluation.reliability import Reliability as Reliability, reliability as reliability
from .evaluation.splits import (
    Split as Split,
    check_no_leakage as check_no_leakage,
    leave_one_subject_out as leave_one_subject_out,
    split_by_subject as split_by_subject,
    subject_folds as subject_folds,
)
from .fusion.classifier import FusionClassifier as FusionClassifier
from .fusion.out_of_fold import out_of_fold_probabilities as out_of_fold_probabilities
from .monitoring.boxes import Box as Box
from .monitoring.evidence_stream import stream_evidence as stream_evidence
from .monitoring.held_impacts import HeldImpacts as HeldImpacts
from .monitoring.recent_frames import RecentFrames as RecentFrames
from .monitoring.reports import CameraReport as CameraReport, Person as Person, WornReport as WornReport
from .monitoring.room_monitor import RoomMonitor as RoomMonitor
from .monitoring.zones import Zone as Zone
from .plotting.pareto import pareto_front as pareto_front
from .simulation.day import (
    DAY_TEST_SEEDS as DAY_TEST_SEEDS,
    DAY_TRAIN_SEEDS as DAY_TRAIN_SEEDS,
    DAY_VALIDATION_SEEDS as DAY_VALIDATION_SEEDS,
    DayScenario as DayScenario,
    SimulatedRecording as SimulatedRecording,
    simulate_resident as simulate_resident,
)
from .simulation.faults import (
    darken as darken,
    drift_clock as drift_clock,
    drop_bursts as drop_bursts,
    freeze as freeze,
)
from .simulation.frames import SimulatedFrames as SimulatedFrames, simulate_frames as simulate_frames
from .simulation.inertial import InertialSensor as InertialSensor
from .simulation.scenario import (
    TEST_SCENARIO as TEST_SCENARIO,
    TEST_SEEDS as TEST_SEEDS,
    TRAIN_SCENARIO as TRAIN_SCENARIO,
    TRAIN_SEEDS as TRAIN_SEEDS,
    VALIDATION_SEEDS as VALIDATION_SEEDS,
    FrameScenario as FrameScenario,
)
from .validation import check_probabilities as check_probabilities

__version__: str
