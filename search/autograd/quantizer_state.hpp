// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "search/autograd/channel_pattern.hpp"
#include "search/autograd/quantizer.hpp"
#include "search/autograd/quantizer_kernels.hpp"
#include "search/autograd/shape.hpp"

namespace freebits::search {

using QuantizerChoice = std::variant<std::monostate, UniformQuantizer, GatedQuantizer>;

/// A quantizer at work on one node: constants of the step, gates drawn, sums for its gradients.
class QuantizerState {
 public:
  /// Throws Error for a threshold or gates of a size that does not fit.
  void configure(QuantizerChoice choice, const ChannelPattern& pattern, const BatchShape& shape,
                 unsigned threads);
  [[nodiscard]] bool present() const { return choice_.index() != 0; }
  [[nodiscard]] const QuantizerChoice& choice() const { return choice_; }
  /// Whether the constants differ from image to image.
  [[nodiscard]] bool per_image() const { return per_image_; }

  /// Before a forward pass: constants from the parameters; gates drawn for `step` when training.
  void begin(std::uint64_t step, bool train);
  void clear_sums();

  /// Calls visitor(kernel_of) for the kind of quantizer; kernel_of(j) is the kernel of column j,
  /// with an apply() or a gradient().
  template <class Visitor>
  void visit_values(std::size_t image, const Visitor& visitor) const;
  template <class Visitor>
  void visit_gradients(std::size_t image, const Visitor& visitor) const;

  /// Adds the sums of a column of one image.
  void add_sums(unsigned thread, std::size_t image, std::size_t j, const simd::Vec* sums,
                unsigned count);

  /// After a backward pass: gradients of thresholds and gates.
  void finish();

 private:
  struct GridConstants {
    Buffer inverse, step;  ///< patterns
    float low = 0, high = 0;
  };
  struct Gates {
    float z4 = 1, z8 = 1, slope4 = 0, slope8 = 0;  ///< slope: dz / dphi

    /// Whether either gets a gradient.
    [[nodiscard]] bool learn() const { return slope4 != 0 || (slope8 != 0 && z4 != 0); }
    [[nodiscard]] std::array<float, 3> factors() const { return {1 - z4, z4 * (1 - z8), z4 * z8}; }
  };

  [[nodiscard]] Parameter& threshold() const;
  [[nodiscard]] kernels::UniformKernel uniform(std::size_t grid, std::size_t j) const {
    const GridConstants& g = grids_[grid];
    return {simd::load(g.inverse.data() + j), simd::load(g.step.data() + j), simd::broadcast(g.low),
            simd::broadcast(g.high)};
  }
  [[nodiscard]] kernels::ResidualKernel residual(const Gates& gates, std::size_t j) const;
  template <unsigned kGrids>
  [[nodiscard]] kernels::MixtureKernel<kGrids> mixture(const Gates& gates, std::size_t j) const;
  [[nodiscard]] bool is_independent() const {
    const auto* const gated = std::get_if<GatedQuantizer>(&choice_);
    return gated != nullptr && gated->form == GatedForm::Independent;
  }
  [[nodiscard]] const Gates& gates(std::size_t image) const {
    return gates_[per_image_ ? image : 0];
  }
  void prepare_grid(GridConstants& grid, const Grid& description, ThresholdRule rule);
  void draw_gates(const GatedQuantizer& q, std::uint64_t step, bool train);
  void finish_threshold();
  void finish_gates(const GatedQuantizer& q);

  QuantizerChoice choice_;
  ChannelPattern pattern_;
  bool per_image_ = false;
  unsigned threads_ = 1;
  std::size_t pixels_ = 0;  ///< of an image
  std::vector<GridConstants> grids_;
  std::vector<Gates> gates_;       ///< of each image, or one
  std::vector<double> sums_;       ///< [thread][inside, above, below][period]
  std::vector<double> gate_sums_;  ///< [image or thread][2][lane]
  std::vector<float> steps_;       ///< of each threshold
  std::vector<double> folded_;     ///< [inside, above, below][channel]
};

template <unsigned kGrids>
kernels::MixtureKernel<kGrids> QuantizerState::mixture(const Gates& gates, std::size_t j) const {
  kernels::MixtureKernel<kGrids> kernel;
  const std::array<float, 3> factors = gates.factors();
  for (std::size_t grid = 0, i = 0; grid < factors.size() && i < kGrids; ++grid) {
    if (factors[grid] == 0) continue;
    kernel.grids[i] = uniform(grid, j);
    kernel.grids[i++].step *= factors[grid];
  }
  return kernel;
}

template <class Visitor>
void QuantizerState::visit_values(std::size_t image, const Visitor& visitor) const {
  const Gates& g = gates(image);
  if (!present()) {
    visitor([](std::size_t) { return kernels::NoQuantizer{}; });
  } else if (is_independent()) {
    switch (std::ranges::count_if(g.factors(), [](float factor) { return factor != 0; })) {
      case 1:
        return visitor([this, &g](std::size_t j) { return mixture<1>(g, j); });
      case 2:
        return visitor([this, &g](std::size_t j) { return mixture<2>(g, j); });
      default:
        return visitor([this, &g](std::size_t j) { return mixture<3>(g, j); });
    }
  } else if (choice_.index() == 1) {
    visitor([this](std::size_t j) { return uniform(0, j); });
  } else {
    visitor([this, &g](std::size_t j) { return residual(g, j); });
  }
}

template <class Visitor>
void QuantizerState::visit_gradients(std::size_t image, const Visitor& visitor) const {
  const Gates& g = gates(image);
  if (!present()) {
    visitor([](std::size_t) { return kernels::NoQuantizer{}; });
  } else if (is_independent() && g.learn()) {
    visitor([this](std::size_t j) {
      return kernels::IndependentKernel{uniform(0, j), uniform(1, j), uniform(2, j)};
    });
  } else if (is_independent() || choice_.index() == 1) {
    visitor([this](std::size_t j) { return uniform(0, j); });
  } else {
    visitor([this, &g](std::size_t j) { return residual(g, j); });
  }
}

}  // namespace freebits::search
