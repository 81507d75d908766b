// SPDX-License-Identifier: Apache-2.0
#include "models/files/preparation_json.hpp"

#include "models/graph/check_preparation.hpp"

namespace freebits::models {
namespace {

Json to_json(const InputPreparation::Size& size) { return {size.height, size.width}; }

InputPreparation::Size take_size(Fields& fields, const std::string& key) {
  const auto [height, width] = fields.sizes<2>(key);
  return {height, width};
}

}  // namespace

void put_preparation(Json& document, const std::optional<InputPreparation>& preparation) {
  if (!preparation) return;
  document[kPreparationKey] = {{"scaled", to_json(preparation->scaled)},
                               {"crop", to_json(preparation->crop)}};
}

std::optional<InputPreparation> take_preparation(Fields& fields, const Shape& input) {
  if (!fields.has(kPreparationKey)) return std::nullopt;
  Fields inner = fields.object(kPreparationKey);
  InputPreparation preparation;
  preparation.scaled = take_size(inner, "scaled");
  preparation.crop = take_size(inner, "crop");
  inner.finish();
  checked(inner.where(), [&] { check_preparation(preparation, input); });
  return preparation;
}

}  // namespace freebits::models
