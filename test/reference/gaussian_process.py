"""Reference values for test/math (gaussian-process, log-improvement, normalize) and test/samplers/gp.test.ts, as JSON.

Made by Python 3.11, numpy 2.4.6, scipy 1.17.1, scikit-learn 1.9.1, torch 2.13.0 (CPU) and BoTorch 0.18.1:

    pip install numpy==2.4.6 scipy==1.17.1 scikit-learn==1.9.1 torch==2.13.0 botorch==0.18.1
    python test/reference/gaussian_process.py
"""

import json

import numpy as np
import torch
from botorch.acquisition.analytic import _log_ei_helper
from botorch.acquisition.multi_objective.analytic import ExpectedHypervolumeImprovement
from botorch.utils.multi_objective.box_decompositions.non_dominated import NondominatedPartitioning
from botorch.utils.testing import MockModel, MockPosterior
from scipy import special, stats
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern

# a few observations of two numbers each, with a variance each
X = np.array([[0.1, 0.9], [0.35, 0.4], [0.5, 0.55], [0.8, 0.2], [0.95, 0.75]])
y = np.array([0.3, -1.1, -0.4, 0.9, 1.7])
noise = np.array([0.01, 0.02, 0.01, 0.05, 0.01])
kernel = ConstantKernel(1.3) * Matern(length_scale=[0.4, 0.7], nu=2.5)
gp = GaussianProcessRegressor(kernel, alpha=noise + 1.3e-8, optimizer=None).fit(X, y)
at = np.array([[0.2, 0.3], [0.6, 0.6], [0.35, 0.4]])
mean, std = gp.predict(at, return_std=True)

z = [-1e5, -2000.0, -999.0, -40.0, -10.0, -3.0, -1.0001, -0.9999, -0.5, 0.0, 0.7, 3.0, 20.0]


def ehvi(means, deviations, front, reference):
    """BoTorch maximises, so that everything is negated."""
    partitioning = NondominatedPartitioning(
        ref_point=-torch.tensor(reference, dtype=torch.double), Y=-torch.tensor(front, dtype=torch.double)
    )
    posterior = MockPosterior(
        mean=-torch.tensor([means], dtype=torch.double), variance=torch.tensor([deviations], dtype=torch.double) ** 2
    )
    acquisition = ExpectedHypervolumeImprovement(MockModel(posterior), [-r for r in reference], partitioning)
    return acquisition(torch.zeros(1, 1, 1, dtype=torch.double)).item()


print(
    json.dumps(
        {
            "mean": mean.tolist(),
            "variance": (std**2).tolist(),
            "likelihood": gp.log_marginal_likelihood(gp.kernel_.theta),
            # by ln variance and ln length-scales
            "likelihoodGradient": gp.log_marginal_likelihood(gp.kernel_.theta, eval_gradient=True)[1].tolist(),
            "erfcx": {str(x): special.erfcx(x) for x in (0, 0.1, 0.46, 0.48, 1, 3.9, 4.1, 30, 1e6)},
            "logNormalCdf": {str(v): special.log_ndtr(v) for v in z},
            "logImprovement": {str(v): _log_ei_helper(torch.tensor(v, dtype=torch.double)).item() for v in z},
            "yeoJohnson": [
                [x, p, stats.yeojohnson(np.array([float(x)]), p)[0]]
                for x, p in [(-3, 2), (-3, 0.5), (-0.2, 1), (0.7, 0), (2, -1.3), (50, 1.7)]
            ],
            "ehvi2": ehvi([0.4, 0.5], [0.2, 0.3], [[0.1, 0.9], [0.4, 0.4], [0.8, 0.2]], [1.0, 1.1]),
            "ehvi3": ehvi(
                [0.4, 0.5, 0.3], [0.2, 0.3, 0.1], [[0.1, 0.9, 0.5], [0.4, 0.4, 0.4], [0.8, 0.2, 0.3]], [1.0, 1.1, 1.2]
            ),
        },
        indent=1,
    )
)
