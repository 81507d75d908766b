// SPDX-License-Identifier: Apache-2.0
// The files of idx:DIR, of one size.
#include <fmt/format.h>

#include "base/error.hpp"
#include "search/data/dataset_kind.hpp"
#include "search/data/idx.hpp"

namespace freebits::search {
namespace {

std::unique_ptr<Dataset> open(const std::filesystem::path& folder, Split split,
                              const DatasetOptions& options) {
  auto set = open_idx(folder, split, options.on_corrupt);
  const ImageShape shape = set->shape();
  if (shape == ImageShape{28, 28, 1} && set->classes() == 10) return set;
  throw Error(
      fmt::format("{}: {} classes of {} x {} pixels, expected 10 of 28 x 28 (idx:DIR takes any)",
                  folder.string(), set->classes(), shape.height, shape.width));
}

}  // namespace

const DatasetKind& fashion_mnist_kind() {
  static const DatasetKind kind{
      .name = "fashion_mnist", .description = "grey clothes, 28x28, 10 classes", .open = open};
  return kind;
}

}  // namespace freebits::search
