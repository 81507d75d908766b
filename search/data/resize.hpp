// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace freebits::search {

/// Along one axis: `source` pixels are scaled to `scaled`, of which `count` from `first` on are
/// wanted.
struct Axis {
  unsigned source = 0, scaled = 0, first = 0, count = 0;
};

/// Scales and crops RGB and grey images; keeps its memory from one to the next. Not thread-safe.
class Resizer {
 public:
  /// `in` is [y.source][x.source][channels], `out` [y.count][x.count][channels]; 3 channels or 1.
  /// Triangle filter, as wide as two pixels of the source or of the result, whichever are larger.
  void apply(std::span<const std::uint8_t> in, unsigned channels, const Axis& y, const Axis& x,
             std::span<std::uint8_t> out);

 private:
  /// A pixel of the result is the sum of `taps` weights times pixels from `from` on.
  struct Filter {
    unsigned taps = 0;
    std::vector<unsigned> from;
    std::vector<float> weights;  ///< [pixel][taps]
    void set(const Axis& axis);
  };

  /// A row of the source, scaled along x.
  template <unsigned kChannels>
  void scale_row(const std::uint8_t* source, const Axis& x, float* to) const;

  Filter vertical_, horizontal_;
  std::vector<float> rows_;  ///< scaled along x only
};

}  // namespace freebits::search
