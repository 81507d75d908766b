// SPDX-License-Identifier: Apache-2.0
// How pictures are prepared, within the document of a network: a key that may be missing, as files
// of before it have none.
#pragma once

#include <optional>

#include "base/fields.hpp"
#include "models/graph/input_preparation.hpp"
#include "models/layers/tensor.hpp"

namespace freebits::models {

inline constexpr const char* kPreparationKey = "preparation";

/// Adds the key where there is one to add.
void put_preparation(Json& document, const std::optional<InputPreparation>& preparation);
/// For a network of this input. Throws Error, naming the key.
[[nodiscard]] std::optional<InputPreparation> take_preparation(Fields& fields, const Shape& input);

}  // namespace freebits::models
