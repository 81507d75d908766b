// SPDX-License-Identifier: Apache-2.0
#include "search/autograd/epilogue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "base/error.hpp"

namespace freebits::search {
namespace {

using simd::add_lanes;
using simd::kWidth;
using simd::Vec;

void expect_channels(const Parameter* p, std::size_t channels) {
  if (p != nullptr && p->value.size() == channels) return;
  throw Error(fmt::format("{}: {} values, expected one for each of {} channels",
                          p == nullptr ? "batch norm" : p->name, p == nullptr ? 0 : p->value.size(),
                          channels));
}

/// One column of a block: sums of x - pivot and of its square.
struct StatisticsColumn {
  const float* raw;
  Vec pivot;
  double *sums, *squares;
  Vec s{}, q{};

  void step(std::size_t i, ChannelPattern::WholeVector) {
    const Vec x = simd::load(raw + i) - pivot;
    s += x;
    q += x * x;
  }
  void step(std::size_t i, unsigned lanes) {
    Vec x = simd::load(raw + i, lanes) - pivot;
    for (unsigned lane = lanes; lane < kWidth; ++lane) x[lane] = 0;
    s += x;
    q += x * x;
  }
  void finish() {
    add_lanes(sums, s);
    add_lanes(squares, q);
  }
};

/// Floats between what is worked on and what is asked for from memory: columns and products come
/// in between, so that the processor does not guess it.
constexpr std::size_t kAhead = 4096;

struct Clip {
  Vec low, high;
};

template <class Kernel>
struct ApplyColumn {
  const float* raw;
  float* out;
  Vec scale, shift;
  Clip clip;
  Kernel kernel;

  template <class Lanes>
  void step(std::size_t i, Lanes lanes) {
    simd::prefetch<kAhead>(raw + i);
    const Vec y = load_lanes(raw + i, lanes) * scale + shift;
    store_lanes(out + i, kernel.apply(simd::min(clip.high, simd::max(clip.low, y))), lanes);
  }
  void finish() {}
};

template <class Kernel>
struct GradientColumn {
  const float *raw, *from;
  float* to;
  Vec scale, shift, mean;
  Clip clip;
  Kernel kernel;
  QuantizerState* quantizer;
  unsigned thread;
  std::size_t image, j;
  double *sums, *products;  ///< null without batch norm or bias
  Vec s{}, p{};
  Vec quantizer_sums[Kernel::kSums + 1] = {};

  template <class Lanes>
  void step(std::size_t i, Lanes lanes) {
    const Vec x = load_lanes(raw + i, lanes), y = x * scale + shift, zero{};
    simd::prefetch<kAhead>(to + i);
    Vec g = load_lanes(from + i, lanes);  // lanes beyond are 0, and so is what they add to sums
    g = kernel.gradient(simd::min(clip.high, simd::max(clip.low, y)), g, quantizer_sums);
    g = y > clip.low ? (y < clip.high ? g : zero) : zero;
    store_lanes(to + i, g, lanes);
    s += g;
    p += g * (x - mean);
  }
  void finish() {
    if (sums != nullptr) {
      add_lanes(sums, s);
      add_lanes(products, p);
    }
    if constexpr (Kernel::kSums > 0) {
      // Of a copy: g++ 12 keeps what has its address taken in memory, all through the loop.
      Vec copy[Kernel::kSums];
      std::copy_n(quantizer_sums, Kernel::kSums, copy);
      quantizer->add_sums(thread, image, j, copy, Kernel::kSums);
    }
  }
};

struct RawGradientColumn {
  const float *raw, *from;
  float* out;
  Vec scale, slope, offset, mean;

  template <class Lanes>
  void step(std::size_t i, Lanes lanes) {
    simd::prefetch<kAhead>(raw + i);
    simd::prefetch<kAhead>(from + i);
    const Vec x = load_lanes(raw + i, lanes), g = load_lanes(from + i, lanes);
    store_lanes(out + i, g * scale + (x - mean) * slope + offset, lanes);
  }
  void finish() {}
};

}  // namespace

void Epilogue::configure(BatchShape shape, unsigned threads, bool train) {
  shape_ = shape;
  train_ = train;
  threads_ = threads;
  pattern_ = ChannelPattern(shape.channels);
  const std::size_t channels = shape.channels, period = pattern_.period();
  quantizer_.configure(quantizer, pattern_, shape, threads);
  if (is_identity()) return;
  if (bias != nullptr) expect_channels(bias, channels);
  if (batch_norm) {
    for (const Parameter* p :
         {batch_norm->gamma, batch_norm->beta, batch_norm->mean, batch_norm->variance})
      expect_channels(p, channels);
  }
  for (Buffer* pattern : {&scale_, &shift_, &mean_, &gradient_scale_, &slope_, &offset_})
    *pattern = Buffer(period);
  std::fill_n(scale_.data(), period, 1.0F);
  channel_mean_.assign(channels, 0);
  inverse_deviation_.assign(channels, 1);
  channel_.assign(channels, 0);
  if (train) sums_.assign(threads * 2 * period, 0);
  folded_.assign(2 * channels, 0);
}

void Epilogue::begin(std::uint64_t step) {
  quantizer_.begin(step, train_);
  if (bias != nullptr) pattern_.expand(bias->value.span(), shift_.data());
  if (!batch_norm) return;
  const std::size_t channels = shape_.channels;
  if (wants_statistics()) {
    std::fill(sums_.begin(), sums_.end(), 0.0);
    pattern_.expand(batch_norm->mean->value.span(), mean_.data());  // the pivot of the sums
    return;
  }
  for (std::size_t c = 0; c < channels; ++c) {
    channel_mean_[c] = batch_norm->mean->value[c];
    inverse_deviation_[c] = 1 / std::sqrt(batch_norm->variance->value[c] + batch_norm->epsilon);
  }
  set_affine(channel_mean_, inverse_deviation_);
}

void Epilogue::set_affine(std::span<const float> mean, std::span<const float> inverse_deviation) {
  pattern_.expand(mean, mean_.data());
  const std::size_t channels = shape_.channels;
  for (std::size_t c = 0; c < channels; ++c)
    channel_[c] = batch_norm->gamma->value[c] * inverse_deviation[c];
  pattern_.expand(channel_, scale_.data());
  for (std::size_t c = 0; c < channels; ++c)
    channel_[c] = batch_norm->beta->value[c] - mean[c] * channel_[c];
  pattern_.expand(channel_, shift_.data());
}

void Epilogue::add_statistics(unsigned thread, const float* raw, std::size_t rows) {
  double* const sums = sums_.data() + thread * 2 * pattern_.period();
  pattern_.for_columns(rows * shape_.channels, [&](std::size_t j) {
    return StatisticsColumn{raw, simd::load(mean_.data() + j), sums + j,
                            sums + pattern_.period() + j};
  });
}

void Epilogue::fold_sums() {
  const std::size_t channels = shape_.channels, period = pattern_.period();
  std::fill(folded_.begin(), folded_.end(), 0.0);
  for (unsigned thread = 0; thread < threads_; ++thread) {
    for (std::size_t k = 0; k < 2; ++k) {
      pattern_.fold(sums_.data() + (thread * 2 + k) * period,
                    std::span(folded_).subspan(k * channels, channels));
    }
  }
}

void Epilogue::finish_statistics() {
  fold_sums();
  const auto rows = static_cast<double>(shape_.rows());
  const double share = static_cast<double>(batch_norm->momentum);
  for (std::size_t c = 0; c < shape_.channels; ++c) {
    float& running_mean = batch_norm->mean->value[c];
    float& running_variance = batch_norm->variance->value[c];
    const double shifted = folded_[c] / rows, mean = static_cast<double>(running_mean) + shifted;
    const double variance = std::max(0.0, folded_[shape_.channels + c] / rows - shifted * shifted);
    const double unbiased = rows > 1 ? variance * rows / (rows - 1) : variance;
    channel_mean_[c] = static_cast<float>(mean);
    inverse_deviation_[c] =
        static_cast<float>(1 / std::sqrt(variance + static_cast<double>(batch_norm->epsilon)));
    running_mean += static_cast<float>(share * shifted);
    running_variance +=
        static_cast<float>(share * (unbiased - static_cast<double>(running_variance)));
  }
  set_affine(channel_mean_, inverse_deviation_);
}

/// each(image, first row relative to the block, rows): all at once unless images differ.
template <class Each>
void Epilogue::for_images(std::size_t first_row, std::size_t rows, const Each& each) const {
  if (!quantizer_.per_image()) {
    each(0, 0, rows);
    return;
  }
  const std::size_t pixels = shape_.pixels();
  for (std::size_t done = 0; done < rows;) {
    const std::size_t image = (first_row + done) / pixels;
    const std::size_t part = std::min((image + 1) * pixels - first_row, rows) - done;
    each(image, done, part);
    done += part;
  }
}

void Epilogue::apply(const float* raw, std::size_t first_row, std::size_t rows, float* out) const {
  const Clip clip{simd::broadcast(low), simd::broadcast(high)};
  for_images(first_row, rows, [&](std::size_t image, std::size_t from, std::size_t count) {
    const std::size_t offset = from * shape_.channels;
    quantizer_.visit_values(image, [&](const auto& kernel_of) {
      pattern_.for_tiles(count * shape_.channels, [&](std::size_t j) {
        return ApplyColumn<decltype(kernel_of(j))>{raw + offset,
                                                   out + offset,
                                                   simd::load(scale_.data() + j),
                                                   simd::load(shift_.data() + j),
                                                   clip,
                                                   kernel_of(j)};
      });
    });
  });
}

void Epilogue::begin_gradient() {
  std::fill(sums_.begin(), sums_.end(), 0.0);
  quantizer_.clear_sums();
}

void Epilogue::add_gradient(unsigned thread, const float* raw, std::size_t first_row,
                            std::size_t rows, const float* gradient, float* to) {
  const Clip clip{simd::broadcast(low), simd::broadcast(high)};
  double* const sums = has_affine() ? sums_.data() + thread * 2 * pattern_.period() : nullptr;
  double* const products = has_affine() ? sums + pattern_.period() : nullptr;
  for_images(first_row, rows, [&](std::size_t image, std::size_t from, std::size_t count) {
    const std::size_t offset = from * shape_.channels;
    quantizer_.visit_gradients(image, [&](const auto& kernel_of) {
      pattern_.for_columns(count * shape_.channels, [&](std::size_t j) {
        return GradientColumn<decltype(kernel_of(j))>{raw + offset,
                                                      gradient + offset,
                                                      to + offset,
                                                      simd::load(scale_.data() + j),
                                                      simd::load(shift_.data() + j),
                                                      simd::load(mean_.data() + j),
                                                      clip,
                                                      kernel_of(j),
                                                      &quantizer_,
                                                      thread,
                                                      image,
                                                      j,
                                                      sums == nullptr ? nullptr : sums + j,
                                                      products == nullptr ? nullptr : products + j};
      });
    });
  });
}

void Epilogue::finish_gradient() {
  quantizer_.finish();
  if (!has_affine()) return;
  fold_sums();
  const std::size_t channels = shape_.channels;
  if (bias != nullptr) {
    for (std::size_t c = 0; c < channels; ++c) bias->gradient[c] = static_cast<float>(folded_[c]);
    return;
  }
  const auto rows = static_cast<double>(shape_.rows());
  const bool trains = batch_norm_trains();
  std::copy_n(scale_.data(), pattern_.period(), gradient_scale_.data());
  for (std::size_t c = 0; c < channels; ++c) {
    const double deviation = static_cast<double>(inverse_deviation_[c]);
    batch_norm->beta->gradient[c] = static_cast<float>(folded_[c]);
    batch_norm->gamma->gradient[c] = static_cast<float>(folded_[channels + c] * deviation);
    channel_[c] = trains ? static_cast<float>(-static_cast<double>(scale_[c]) * deviation *
                                              deviation * folded_[channels + c] / rows)
                         : 0;
  }
  pattern_.expand(channel_, slope_.data());
  for (std::size_t c = 0; c < channels; ++c) {
    channel_[c] =
        trains ? static_cast<float>(-static_cast<double>(scale_[c]) * folded_[c] / rows) : 0;
  }
  pattern_.expand(channel_, offset_.data());
}

const Parameter* Epilogue::not_finite() const {
  const Parameter* found = nullptr;
  const auto look = [&](const Parameter* p) {
    if (found == nullptr && p != nullptr &&
        !std::ranges::all_of(p->gradient.span(), [](float g) { return std::isfinite(g); }))
      found = p;
  };
  if (const auto* const uniform = std::get_if<UniformQuantizer>(&quantizer)) {
    look(uniform->threshold);
  } else if (const auto* const gated = std::get_if<GatedQuantizer>(&quantizer)) {
    look(gated->gates);
    look(gated->threshold);
  }
  if (batch_norm) look(batch_norm->gamma), look(batch_norm->beta);
  look(bias);
  return found;
}

void Epilogue::raw_gradient(const float* raw, const float* gradient, std::size_t rows,
                            float* out) const {
  pattern_.for_tiles(rows * shape_.channels, [&](std::size_t j) {
    return RawGradientColumn{raw,
                             gradient,
                             out,
                             simd::load(gradient_scale_.data() + j),
                             simd::load(slope_.data() + j),
                             simd::load(offset_.data() + j),
                             simd::load(mean_.data() + j)};
  });
}

}  // namespace freebits::search
