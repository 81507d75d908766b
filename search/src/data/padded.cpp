// SPDX-License-Identifier: Apache-2.0
#include "freebits/search/data/padded.hpp"

#include <fmt/format.h>

#include <cstring>
#include <utility>

#include "freebits/search/data/content.hpp"
#include "freebits/search/error.hpp"

namespace freebits::search {
namespace {

class Padded final : public Dataset {
 public:
  Padded(std::shared_ptr<const Dataset> set, unsigned side)
      : set_(std::move(set)), inner_(set_->shape()), shape_{side, side, inner_.channels} {}

  [[nodiscard]] std::size_t size() const override { return set_->size(); }
  [[nodiscard]] unsigned classes() const override { return set_->classes(); }
  [[nodiscard]] ImageShape shape() const override { return shape_; }
  [[nodiscard]] unsigned label(std::size_t i) const override { return set_->label(i); }
  [[nodiscard]] std::size_t skipped() const override { return set_->skipped(); }

 private:
  void add_images(ContentHash& hash) const override { hash.add(set_->content()); }

  void read_image(std::size_t i, std::span<std::uint8_t> out) const override {
    set_->read(i, out.first(inner_.size()));
    spread(out.data());
  }

  void read_random_view(std::size_t i, std::uint64_t random,
                        std::span<std::uint8_t> out) const override {
    set_->read_view(i, random, out.first(inner_.size()));
    spread(out.data());
  }

  /// From the front of `out` to its middle, in place: last row first, as none moves towards the
  /// front.
  void spread(std::uint8_t* out) const {
    const std::size_t row = std::size_t{inner_.width} * inner_.channels;
    const std::size_t wide = std::size_t{shape_.width} * shape_.channels;
    const std::size_t left = std::size_t{(shape_.width - inner_.width) / 2} * shape_.channels;
    const std::size_t top = (shape_.height - inner_.height) / 2;
    for (std::size_t y = inner_.height; y-- > 0;) {
      std::uint8_t* to = out + (y + top) * wide;
      std::memmove(to + left, out + y * row, row);
      std::memset(to + left + row, 0, wide - left - row);
      std::memset(to, 0, left);
    }
    std::memset(out, 0, top * wide);
    const std::size_t end = (top + inner_.height) * wide;
    std::memset(out + end, 0, shape_.size() - end);
  }

  std::shared_ptr<const Dataset> set_;
  ImageShape inner_, shape_;
};

}  // namespace

std::unique_ptr<Dataset> padded(std::shared_ptr<const Dataset> set, unsigned side) {
  const ImageShape shape = set->shape();
  if (shape.height > side || shape.width > side) {
    throw Error(fmt::format("padding to {} x {}: the images are {} x {}, expected no more", side,
                            side, shape.height, shape.width));
  }
  return std::make_unique<Padded>(std::move(set), side);
}

}  // namespace freebits::search
