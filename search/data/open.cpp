// SPDX-License-Identifier: Apache-2.0
#include "search/data/open.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <string>
#include <utility>

#include "base/error.hpp"
#include "search/data/cifar10.hpp"
#include "search/data/idx.hpp"
#include "search/data/padded.hpp"

namespace freebits::search {
namespace {

/// spec = name, or name:folder.
struct Spec {
  std::string_view name;
  std::optional<std::string_view> folder;
};

Spec parse(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return {text, std::nullopt};
  return {text.substr(0, colon), text.substr(colon + 1)};
}

std::filesystem::path folder_of(const Spec& spec) {
  if (!spec.folder || spec.folder->empty())
    throw Error(fmt::format("data set '{0}': no folder, expected {0}:DIR", spec.name));
  return *spec.folder;
}

std::unique_ptr<Dataset> fashion_mnist(const std::filesystem::path& folder, Split split,
                                       OnCorrupt on_corrupt) {
  auto set = open_idx(folder, split, on_corrupt);
  const ImageShape shape = set->shape();
  if (shape == ImageShape{28, 28, 1} && set->classes() == 10) return set;
  throw Error(
      fmt::format("{}: {} classes of {} x {} pixels, expected 10 of 28 x 28 (idx:DIR takes any)",
                  folder.string(), set->classes(), shape.height, shape.width));
}

std::unique_ptr<Dataset> opened(const Spec& spec, Split split, const DatasetOptions& options) {
  if (spec.name == "synthetic") {
    if (spec.folder) throw Error("data set 'synthetic': it has no folder, expected no ':'");
    return synthetic_dataset(split, options.synthetic.value_or(SyntheticOptions{}));
  }
  if (spec.name == "cifar10") return open_cifar10(folder_of(spec), split, options.on_corrupt);
  if (spec.name == "idx") return open_idx(folder_of(spec), split, options.on_corrupt);
  if (spec.name == "fashion_mnist")
    return fashion_mnist(folder_of(spec), split, options.on_corrupt);
  if (spec.name == "folder") {
    return open_image_folder(folder_of(spec), split, options.folder.value_or(FolderOptions{}),
                             options.on_corrupt);
  }
  throw Error(fmt::format("data set '{}': unknown, expected one of {}", spec.name, kDatasetSpecs));
}

/// Whoever has one class to tell apart is always right. A test set may lack some.
void expect_classes(std::string_view spec, Split split, const Dataset& set) {
  if (set.classes() < 2)
    throw Error(fmt::format("data set '{}': {} class, expected at least 2", spec, set.classes()));
  if (split == Split::Test) return;
  for (std::size_t i = 1; i < set.size(); ++i) {
    if (set.label(i) != set.label(0)) return;
  }
  throw Error(
      fmt::format("data set '{}': all {} training images are of class {}, expected at "
                  "least 2 classes",
                  spec, set.size(), set.label(0)));
}

}  // namespace

std::unique_ptr<Dataset> open_dataset(std::string_view text, Split split,
                                      const DatasetOptions& options) {
  const Spec spec = parse(text);
  auto set = opened(spec, split, options);
  const auto only = [&](bool given, const char* what, std::string_view name) {
    if (!given || spec.name == name) return;
    throw Error(fmt::format("data set '{}': {} apply to '{}' only", spec.name, what, name));
  };
  only(options.folder.has_value(), "sizes to scale and crop to", "folder");
  only(options.synthetic.has_value(), "seed and number of images", "synthetic");
  expect_classes(text, split, *set);
  if (!options.pad_to) return set;
  return padded(std::move(set), *options.pad_to);
}

}  // namespace freebits::search
