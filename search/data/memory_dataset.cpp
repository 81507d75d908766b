// SPDX-License-Identifier: Apache-2.0
#include "search/data/memory_dataset.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "base/error.hpp"

namespace freebits::search {
namespace {

class MemoryDataset final : public Dataset {
 public:
  explicit MemoryDataset(MemoryImages images) : images_(std::move(images)) {}

  [[nodiscard]] std::size_t size() const override { return images_.labels.size(); }
  [[nodiscard]] unsigned classes() const override { return images_.classes; }
  [[nodiscard]] ImageShape shape() const override { return images_.shape; }
  [[nodiscard]] unsigned label(std::size_t i) const override { return images_.labels.at(i); }
  [[nodiscard]] std::size_t skipped() const override { return images_.skipped; }
  [[nodiscard]] std::vector<std::string> remarks() const override {
    if (images_.skipped == 0) return {};
    return {fmt::format("{} damaged image{} or file{} left out", images_.skipped,
                        images_.skipped == 1 ? "" : "s", images_.skipped == 1 ? "" : "s")};
  }

 private:
  void read_image(std::size_t i, std::span<std::uint8_t> out) const override {
    const std::size_t size = images_.shape.size();
    std::copy_n(images_.pixels.data() + i * size, size, out.data());
  }

  MemoryImages images_;
};

}  // namespace

void Dataset::check(std::size_t i, std::size_t bytes) const {
  if (i >= size()) throw Error(fmt::format("image {} of {}", i, size()));
  if (bytes != shape().size()) {
    throw Error(fmt::format("room for {} bytes, expected an image's {}", bytes, shape().size()));
  }
}

std::unique_ptr<Dataset> memory_dataset(MemoryImages images) {
  if (images.labels.empty()) throw Error("no images, expected at least 1");
  if (images.pixels.size() != images.labels.size() * images.shape.size()) {
    throw Error(fmt::format("{} labels and {} bytes, expected {} an image", images.labels.size(),
                            images.pixels.size(), images.shape.size()));
  }
  const unsigned largest = *std::max_element(images.labels.begin(), images.labels.end());
  if (largest >= images.classes)
    throw Error(fmt::format("label {} of {} classes", largest, images.classes));
  return std::make_unique<MemoryDataset>(std::move(images));
}

}  // namespace freebits::search
