// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "search/data/dataset_kind.hpp"

// One line for each kind of data set. NAME_kind() is defined in a file of this folder.
#define FREEBITS_DATASET_KINDS(KIND) \
  KIND(synthetic)                    \
  KIND(cifar10)                      \
  KIND(idx)                          \
  KIND(fashion_mnist)                \
  KIND(image_folder)

namespace freebits::search {

#define FREEBITS_DECLARE(name) const DatasetKind& name##_kind();
FREEBITS_DATASET_KINDS(FREEBITS_DECLARE)
#undef FREEBITS_DECLARE

std::span<const DatasetKind* const> dataset_kinds() {
#define FREEBITS_ENTRY(name) &name##_kind(),
  static const std::array all = {FREEBITS_DATASET_KINDS(FREEBITS_ENTRY)};
#undef FREEBITS_ENTRY
  return all;
}

}  // namespace freebits::search
