from .body_points import BodyPoints as BodyPoints, BodyPointsModel as BodyPointsModel
from .crops import PersonCrop as PersonCrop, people_in as people_in
from .detection import Detection as Detection
from .models import fetch_pose_models as fetch_pose_models, pose_model as pose_model
from .motion import MotionDetector as MotionDetector
from .pose import PoseDetector as PoseDetector
from .sources import TimedFrame as TimedFrame, frames_of as frames_of
