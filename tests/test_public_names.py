"""Names that others build on: they outlive every move of the files behind them."""

import importlib
import inspect

import pytest

NAMES = {
    "common": """
        AlarmEvidence AlarmMessage AlarmPhase AlarmPolicy AlarmTracker AlarmTransition Box BundleDescription CORTEX_M33
        CORTEX_M4 CORTEX_M7 CameraReport Cost ESP32_S3 NRF52840 DAY_TEST_SEEDS DAY_TRAIN_SEEDS DAY_VALIDATION_SEEDS
        DESKTOP_CORE DEVICES DayScenario Device Estimate Evaluation EventScore FrameScenario FrugalError FrugalWarning
        FusionClassifier HeldImpacts InertialSensor Interval Intervals InvalidInputError Ledger MissingDependencyError
        ModelIntegrityError MonitoredDay OperatingPoint PairedDifference Person RASPBERRY_PI_4 RecentFrames Reliability
        RoomMonitor SimulatedFrames SimulatedRecording Split TEST_SCENARIO TEST_SEEDS TRAIN_SCENARIO TRAIN_SEEDS
        TrainingData UnsafeInputError VALIDATION_SEEDS WornReport Zone __version__ alarm_times bottleneck_cost
        check_no_leakage check_probabilities choose_threshold compare_ledgers conv2d_cost darken dense_cost
        describe_bundle drift_clock drop_bursts dtw_cost evaluate freeze knn_cost leave_one_subject_out load_bundle
        mbconv_cost out_of_fold_probabilities paired_difference pareto_front plotting poisson_interval
        poisson_upper_bound precision_at prototype_cost reliability residual_cost save_bundle score_events
        separable_conv2d_cost simulate_frames simulate_resident split_by_subject stream_evidence subject_folds
        training_cost transmission_cost
    """,
    "har": """
        CExport DTWKNeighborsClassifier DTWPrototypeClassifier Recognition Recordings StreamingRecognizer Windows
        __version__ datasets dtw_distance dtw_path export_c lb_keogh lb_kim pairwise_dtw preprocessing segment
        segment_at_peak validate_neighbors
    """,
    "fall": """
        CArray CExport CNNFallClassifier CompressedModel LayerComparison MobileNetV2FallClassifier PersonCrop
        TFLiteFallClassifier __version__ augmentation build_network compare_layers compare_recipes compress compression
        costs datasets export_c export_c_array images keras_cost load_coded micro_arena networks peak_memory people
        people_in read_images readable resize_images save_coded tflite tflite_cost
    """,
    "fall.people": """
        BodyPoints BodyPointsModel Detection MotionDetector PersonCrop PoseDetector TimedFrame fetch_pose_models
        frames_of people_in pose_model
    """,
    "har.selection": """
        LITTLE_CHANGE MUCH_CHANGE PROTOTYPE_SETTINGS PrototypeSetting validate_neighbors validate_prototypes
    """,
    "har.plotting": """
        plot_prototypes plot_signals plot_warping_path
    """,
    "har.datasets": """
        SISFALL_OLD_SUBJECTS UCI_HAR_TEST_SUBJECTS WearableDataset fall_labels known_datasets load_mhealth
        load_motionsense load_pamap2 load_sisfall load_smartwatch load_uci_har load_umafall load_urfd load_weda_fall
        load_wisdm
    """,
    "har.preprocessing": """
        Augmentation GravityFrame LogJerk LowPass Magnitude NormalizeWindows Resample ScaleChannels
        SeparateGravity WindowStatistics mirror_windows normalize_per_subject rotate_windows
    """,
    "fall.datasets": """
        DecodedFrames frames_of_videos lab_split load_caucafall load_gmdcsa24 load_image_folder load_urfd
        load_yolo_folder to_tf_dataset train_test_split_by_subject
    """,
    "fall.compression": """
        BF16 Bitmap CSR CodeBook EdgeQuantization FP16 FP32 GRANULARITIES LinearQuantization PER_TENSOR RECIPES
        Recipe Tuner adaround choose_recipe cluster compare_recipes compress convolution_patches copy_model
        decode_weights distill encode_weights factorize fit_linear fuse_batch_norm huffman_decode huffman_encode
        kl_range kmeans_codebook low_rank magnitude_mask min_max_range moving_average_range mse_range per_channel
        per_group prune prune_channels rebuild shrink_input storage_bytes straight_through sweep_pruning
        tflite_activations tflite_weights train_quantized
    """,
    "fall.networks": """
        CompoundScaling bottleneck_cnn build_network compound_cnn file_sha256 grouped_cnn lecture_cnn mbconv_cnn
        mobilenet_v2 perceptron residual_cnn scale_pixels scaling_grid search_scaling separable_cnn
    """,
    "common.plotting": """
        FAINT INK MUTED PALETTE figure plot_accuracy_against_cost plot_confusion_matrix plot_pareto plot_reliability
        save style
    """,
    "fall.tflite": """
        convert even_rows representative_images
    """,
    "fall.costs": """
        StoredSizes distinct_values float_operators keras_cost sparsity stored_sizes tflite_cost weight_counts
    """,
    "fall.images": """
        Box crop_square decode_image image_size read_image
    """,
    "fall.augmentation": """
        augment
    """,
}


PAIRS = [(module, name) for module, names in NAMES.items() for name in names.split()]


@pytest.mark.parametrize(("module", "name"), PAIRS)
def test_public_names_stay(module: str, name: str) -> None:
    if module.startswith("fall"):
        pytest.importorskip("tensorflow")
    assert getattr(importlib.import_module(module), name) is not None


@pytest.mark.parametrize(("module", "name"), PAIRS)
def test_signatures_are_short_enough_to_read(module: str, name: str) -> None:
    """``help()`` prints ``ArrayLike``, not the half page that it stands for."""
    if module.startswith("fall"):
        pytest.importorskip("tensorflow")
    public = getattr(importlib.import_module(module), name)
    names = [own for own in dir(public) if not own.startswith("_")] if inspect.isclass(public) else []
    for function in (public, *(getattr(public, own) for own in names)):
        if callable(function):
            try:
                signature = str(inspect.signature(function))
            except ValueError:  # an exception class of Python has none
                continue
            assert "_SupportsArray" not in signature
            assert "numpy._typing" not in signature
