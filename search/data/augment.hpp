// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/random.hpp"
#include "search/data/dataset.hpp"
#include "search/data/normalization.hpp"

namespace freebits::search {

/// Random changes that keep the class; none by default. For training only.
struct Augmentation {
  bool view = false;  ///< Dataset::read_view(): random crops of a folder's images
  unsigned pad = 0;   ///< black pixels added on every side before a crop of the old size at random
  bool flip = false;  ///< left and right exchanged in every second image
};

/// Bytes of an image to floats of a batch: augmented, then normalised.
class Augmenter {
 public:
  /// An empty normalization is byte / 255. Throws Error when it is not of shape.channels entries
  /// each, an entry is not finite or a deviation not positive, or `pad` exceeds height or width.
  Augmenter(ImageShape shape, Augmentation augmentation, const Normalization& normalization);

  /// `in` and `out` are [height][width][channels]. Draws the same number of values from `random`
  /// whatever they are.
  void apply(std::span<const std::uint8_t> in, Random& random, std::span<float> out) const;

 private:
  void plain_row(const std::uint8_t* in, float* out, int shift) const;
  void flipped_row(const std::uint8_t* in, float* out, int shift) const;

  ImageShape shape_;
  Augmentation augmentation_;
  /// out = in · factor + offset, repeated for every value of a row: the loop has no channels.
  std::vector<float> factor_, offset_;
};

}  // namespace freebits::search
