from .caucafall import load_caucafall as load_caucafall
from .crops import load_gmdcsa24 as load_gmdcsa24, load_urfd as load_urfd
from .folder import load_image_folder as load_image_folder
from .sources import ImageDataset as ImageDataset, image_datasets as image_datasets
from .splits import lab_split as lab_split, train_test_split_by_subject as train_test_split_by_subject
from .streaming import DecodedFrames as DecodedFrames, to_tf_dataset as to_tf_dataset
from .videos import frames_of_videos as frames_of_videos
from .yolo_folder import load_yolo_folder as load_yolo_folder
