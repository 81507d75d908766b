// SPDX-License-Identifier: Apache-2.0
#include "search/data/padded.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/error.hpp"
#include "search/data/border.hpp"
#include "search/data/content.hpp"

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
  [[nodiscard]] std::vector<std::string> remarks() const override { return set_->remarks(); }
  [[nodiscard]] models::InputPreparation preparation() const override {
    return set_->preparation();
  }

 private:
  void add_images(ContentHash& hash) const override { hash.add(set_->content()); }

  void read_image(std::size_t i, std::span<std::uint8_t> out) const override {
    set_->read(i, out.first(inner_.size()));
    add_border(inner_, shape_, out);
  }

  void read_random_view(std::size_t i, std::uint64_t random,
                        std::span<std::uint8_t> out) const override {
    set_->read_view(i, random, out.first(inner_.size()));
    add_border(inner_, shape_, out);
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
