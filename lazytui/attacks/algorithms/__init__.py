"""The attacks, a file and a line each, in the order in which they are listed. The imports are the list."""

# ruff: noqa: F401, I001
from lazytui.attacks.algorithms.fgsm import FGSM
from lazytui.attacks.algorithms.pgd import PGD
from lazytui.attacks.algorithms.mi_fgsm import MI_FGSM
from lazytui.attacks.algorithms.apgd import APGD_CE, APGD_DLR
from lazytui.attacks.algorithms.pgd_l2 import PGD_L2
from lazytui.attacks.algorithms.ddn import DDN
from lazytui.attacks.algorithms.carlini_wagner import CW
from lazytui.attacks.algorithms.deepfool import DEEPFOOL
from lazytui.attacks.algorithms.fmn import FMN
from lazytui.attacks.algorithms.square import SQUARE
from lazytui.attacks.algorithms.simba import SIMBA
from lazytui.attacks.algorithms.nes import NES
from lazytui.attacks.algorithms.recolor import RECOLOR
from lazytui.attacks.algorithms.universal import UNIVERSAL
from lazytui.attacks.algorithms.mean_image import MEAN_IMAGE
