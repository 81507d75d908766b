// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "search/autograd/parameter.hpp"

namespace freebits::search {

/// y = gamma · (x - mean) / sqrt(variance + epsilon) + beta, by channel.
struct BatchNorm {
  Parameter *gamma = nullptr, *beta = nullptr;
  Parameter *mean = nullptr, *variance = nullptr;  ///< running statistics
  float epsilon = 1e-5F;
  float momentum = 0.1F;  ///< weight of a batch in the running statistics
  /// False: normalises with the running statistics, which stay (evaluation, and fine-tuning of
  /// folded networks); gamma and beta still learn. A tape that evaluates always does.
  bool batch_statistics = true;
};

}  // namespace freebits::search
