// SPDX-License-Identifier: Apache-2.0
// Fields of layers in files.
#pragma once

#include <string>
#include <vector>

#include "base/fields.hpp"
#include "models/layers/layers.hpp"

namespace freebits::models {

inline constexpr unsigned kMostKernel = 4095;  // see Fields::kMostSize
inline constexpr std::int64_t kLeast32 = INT32_MIN, kMost32 = INT32_MAX;
inline constexpr std::uint32_t kMostShift = 30;  // freebits/requantize.h

[[nodiscard]] Json to_json(const Padding& padding);
[[nodiscard]] Padding take_padding(Fields& fields);

[[nodiscard]] IntType take_type(Fields& fields, const std::string& key);

[[nodiscard]] Json to_json(const Requantization& r);
/// The field "requantization".
[[nodiscard]] Requantization take_requantization(Fields& fields);

}  // namespace freebits::models
