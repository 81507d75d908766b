// SPDX-License-Identifier: Apache-2.0
#include "search/train/snapshot.hpp"

#include <algorithm>

#include "search/train/update_rules.hpp"

namespace freebits::search {

void Snapshot::take(const Parameters& parameters) {
  if (values_.empty()) {
    for (const Parameter& p : parameters) values_.emplace_back(p.value.size());
  }
  auto buffer = values_.begin();
  for (const Parameter& p : parameters) std::ranges::copy(p.value.span(), (buffer++)->data());
}

void Snapshot::restore(Parameters& parameters) const {
  auto buffer = values_.begin();
  for (Parameter& p : parameters) std::ranges::copy((buffer++)->span(), p.value.data());
}

void Snapshot::exchange(Parameters& parameters) {
  auto buffer = values_.begin();
  for (Parameter& p : parameters) std::ranges::swap_ranges((buffer++)->span(), p.value.span());
}

void Snapshot::average(const Parameters& parameters, float keep) {
  auto buffer = values_.begin();
  for (const Parameter& p : parameters)
    rules::average((buffer++)->data(), p.value.data(), p.value.size(), keep);
}

}  // namespace freebits::search
