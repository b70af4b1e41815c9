from .catalog import WearableDataset as WearableDataset, known_datasets as known_datasets
from .labels import fall_labels as fall_labels
from .mhealth import load_mhealth as load_mhealth
from .motionsense import load_motionsense as load_motionsense
from .pamap2 import load_pamap2 as load_pamap2
from .sisfall import SISFALL_OLD_SUBJECTS as SISFALL_OLD_SUBJECTS, load_sisfall as load_sisfall
from .smartwatch import load_smartwatch as load_smartwatch
from .uci_har import UCI_HAR_TEST_SUBJECTS as UCI_HAR_TEST_SUBJECTS, load_uci_har as load_uci_har
from .umafall import load_umafall as load_umafall
from .urfd import load_urfd as load_urfd
from .weda_fall import load_weda_fall as load_weda_fall
from .wisdm import load_wisdm as load_wisdm
