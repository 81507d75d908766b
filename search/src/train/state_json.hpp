// SPDX-License-Identifier: Apache-2.0
// All of a checkpoint but parameters and graph, to and from a document. What reads throws
// std::invalid_argument, naming the key.
#pragma once

#include "freebits/models/files/fields.hpp"
#include "freebits/search/train/training_state.hpp"

namespace freebits::search {

[[nodiscard]] models::Json to_json(const TrainOptions& options);
[[nodiscard]] TrainOptions options_of(models::Fields fields);

[[nodiscard]] models::Json to_json(const Quantization& quantization);
/// For this graph.
[[nodiscard]] Quantization quantization_of(models::Fields fields, const models::Graph& graph);

[[nodiscard]] models::Json to_json(const Position& position);
/// Of a run with these options.
[[nodiscard]] Position position_of(models::Fields fields, const TrainOptions& options);

[[nodiscard]] models::Json to_json(const EpochResult& result);
[[nodiscard]] EpochResult epoch_of(models::Fields fields);

}  // namespace freebits::search
