// SPDX-License-Identifier: Apache-2.0
// All of a checkpoint but parameters and graph, to and from a document. What reads throws
// Error, naming the key.
#pragma once

#include "base/fields.hpp"
#include "search/train/training_state.hpp"

namespace freebits::search {

[[nodiscard]] Json to_json(const TrainOptions& options);
[[nodiscard]] TrainOptions options_of(Fields fields);

[[nodiscard]] Json to_json(const Quantization& quantization);
/// For this graph.
[[nodiscard]] Quantization quantization_of(Fields fields, const models::Graph& graph);

[[nodiscard]] Json to_json(const Position& position);
/// Of a run with these options.
[[nodiscard]] Position position_of(Fields fields, const TrainOptions& options);

[[nodiscard]] Json to_json(const EpochResult& result);
[[nodiscard]] EpochResult epoch_of(Fields fields);

}  // namespace freebits::search
