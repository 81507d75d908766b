// SPDX-License-Identifier: Apache-2.0
#include "search/data/open.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "base/error.hpp"
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

const DatasetKind& kind_of(const Spec& spec) {
  if (const DatasetKind* const kind = find_dataset_kind(spec.name)) return *kind;
  throw Error(
      fmt::format("data set '{}': unknown, expected one of {}", spec.name, dataset_specs()));
}

std::filesystem::path folder_of(const DatasetKind& kind, const Spec& spec) {
  if (!kind.has_folder) {
    if (!spec.folder) return {};
    throw Error(fmt::format("data set '{}': it has no folder, expected no ':'", spec.name));
  }
  if (spec.folder && !spec.folder->empty()) return *spec.folder;
  throw Error(fmt::format("data set '{}': no folder, expected {}", spec.name, kind.spec()));
}

/// An option that some kinds only have.
void expect_option(const DatasetKind& kind, bool given, const char* what, bool DatasetKind::*has) {
  if (!given || kind.*has) return;
  std::vector<std::string> names;
  for (const DatasetKind* const other : dataset_kinds()) {
    if (other->*has) names.push_back(fmt::format("'{}'", other->name));
  }
  throw Error(fmt::format("data set '{}': {} apply to {} only", kind.name, what,
                          fmt::join(names, " and ")));
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

bool changes_nothing(const Augmentation& a) { return !a.view && a.pad == 0 && !a.flip; }

}  // namespace

std::string DatasetKind::spec() const { return std::string(name) + (has_folder ? ":DIR" : ""); }

const DatasetKind* find_dataset_kind(std::string_view spec) {
  const auto all = dataset_kinds();
  const auto found = std::ranges::find(all, parse(spec).name, &DatasetKind::name);
  return found == all.end() ? nullptr : *found;
}

std::unique_ptr<Dataset> open_dataset(std::string_view text, Split split,
                                      const DatasetOptions& options) {
  const Spec spec = parse(text);
  const DatasetKind& kind = kind_of(spec);
  auto set = kind.open(folder_of(kind, spec), split, options);
  expect_option(kind, options.folder.has_value(), "sizes to scale and crop to",
                &DatasetKind::has_pictures);
  expect_option(kind, options.synthetic.has_value(), "seed and number of images",
                &DatasetKind::counts);
  expect_classes(text, split, *set);
  if (!options.pad_to) return set;
  return padded(std::move(set), *options.pad_to);
}

std::string dataset_specs() {
  std::vector<std::string> all;
  for (const DatasetKind* const kind : dataset_kinds()) all.push_back(kind->spec());
  return fmt::format("{}", fmt::join(all, ", "));
}

std::string dataset_help() {
  std::vector<std::string> all;
  for (const DatasetKind* const kind : dataset_kinds())
    all.push_back(fmt::format("{} ({})", kind->spec(), kind->description));
  return fmt::format("{}", fmt::join(all, ", "));
}

Augmentation default_augmentation(std::string_view spec) {
  const DatasetKind* const kind = find_dataset_kind(spec);
  return kind == nullptr ? kCropAndFlip : kind->augmentation;
}

Augmentation asked_augmentation(std::string_view spec) {
  const Augmentation usual = default_augmentation(spec);
  return changes_nothing(usual) ? kCropAndFlip : usual;
}

bool has_pictures(std::string_view spec) {
  const DatasetKind* const kind = find_dataset_kind(spec);
  return kind != nullptr && kind->has_pictures;
}

}  // namespace freebits::search
