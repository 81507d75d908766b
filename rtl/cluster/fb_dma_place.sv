// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
`default_nettype none

// Which memory a DMA beat lies in; neither: none.
module fb_dma_place #(
  parameter int TcdmBytes = 131072
) (
  input  wire  [31:0] l2_bytes_i,
  input  wire  [31:0] l3_bytes_i,
  input  wire         active_i,    // both outputs 0 without
  input  wire  [31:0] addr_i,
  output logic        l1_o,
  output logic        outside_o
);

  always_comb begin
    l1_o      = 1'b0;
    outside_o = 1'b0;
    if (active_i) begin
      l1_o      = addr_i - fb_cluster_pkg::L1Base < TcdmBytes;
      outside_o = addr_i - fb_cluster_pkg::L2Base < l2_bytes_i ||
                  addr_i - fb_cluster_pkg::L3Base < l3_bytes_i ||
                  addr_i - fb_cluster_pkg::OutsideIoBase < fb_cluster_pkg::OutsideIoBytes;
    end
  end

endmodule

`default_nettype wire
