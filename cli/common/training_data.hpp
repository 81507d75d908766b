// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "models/graph/graph.hpp"
#include "models/graph/input_preparation.hpp"
#include "search/data/dataset.hpp"
#include "search/pipeline/search.hpp"

namespace freebits::cli {

/// --pad-to, --resolution, --on-corrupt.
void add_picture_options(CLI::App& command, std::optional<unsigned>& pad_to,
                         std::optional<unsigned>& resolution,
                         std::optional<std::string>& on_corrupt);

/// refuse or skip. Throws Error.
[[nodiscard]] search::OnCorrupt on_corrupt_of(const std::string& name);
[[nodiscard]] std::string_view name_of(search::OnCorrupt on_corrupt);

/// What a network's input is made of when its pictures come from folder:DIR.
struct PictureInput {
  models::Shape shape;                                  ///< of the network's input
  std::optional<models::InputPreparation> preparation;  ///< none: the usual one for that shape
};

/// Of a network of that name without a data set. Throws Error.
[[nodiscard]] PictureInput picture_input(const std::string& spec);
/// Of a trained one: the same pixels as in its training.
[[nodiscard]] PictureInput picture_input(const search::TrainingState& state);

/// With what --resolution says, for this data set, in place of the network's own. Throws
/// Error where it has no effect.
[[nodiscard]] PictureInput with_resolution(PictureInput pictures,
                                           const std::optional<unsigned>& resolution,
                                           const std::string& dataset);
/// Throws Error when --resolution is given and another than that of the run in `file`.
void expect_same_resolution(const std::optional<unsigned>& resolution, const PictureInput& run,
                            const std::string& file);

/// Both splits of the data set that the options name; what they left out is said on standard error.
/// Throws Error.
[[nodiscard]] search::Data open_data(const search::TrainOptions& options,
                                     const PictureInput& pictures);

/// The network that was named, for the images of the data set. Throws Error.
[[nodiscard]] models::Graph network_for(const std::string& spec, const search::Dataset& set);

/// The data of a run to resume, which are at `moved_to` now, or else where they were: notes the
/// place in the run. `file`: its checkpoint. Throws Error, one line, when they cannot be
/// opened or are not those that the run was trained on.
[[nodiscard]] search::Data reopen_data(search::TrainOptions& run, const PictureInput& pictures,
                                       const std::optional<std::string>& moved_to,
                                       const std::string& file);

}  // namespace freebits::cli
