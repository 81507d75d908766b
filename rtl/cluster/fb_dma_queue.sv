// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
`default_nettype none

// Programming side of the DMA: a register view for each core, and the queue of started transfers in
// the order of their starts. The reader works on the oldest transfer or on the one behind it, the
// writer on the oldest.
module fb_dma_queue #(
  parameter int NumCores   = 8,
  parameter int QueueDepth = 8   // a power of two, at least 2
) (
  input  wire         clk_i,
  input  wire         rst_ni,
  // registers
  input  wire         req_i,
  input  wire  [3:0]  core_i,
  input  wire  [11:0] offset_i,
  input  wire         we_i,
  input  wire  [31:0] wdata_i,
  output logic [31:0] rdata_o,
  output logic        full_o,
  // what the engine reports
  input  wire         complete_i,        // a transfer of this core is complete
  input  wire  [3:0]  complete_core_i,
  input  wire         read_error_i,      // the reader's, the writer's transfer left the memories
  input  wire         write_error_i,
  // the reader's transfer
  output logic        rd_valid_o,
  output logic        rd_ahead_o,        // it is the one behind the writer's
  output logic [31:0] rd_source_o,
  output logic [31:0] rd_bytes_o,
  output logic [31:0] rd_rows_o,
  output logic [31:0] rd_stride_o,
  input  wire         rd_next_i,         // the reader is through with it
  // the writer's transfer
  output logic        wr_valid_o,
  output logic [3:0]  wr_core_o,
  output logic [31:0] wr_source_o,
  output logic [31:0] wr_destination_o,
  output logic [31:0] wr_bytes_o,
  output logic [31:0] wr_rows_o,
  output logic [31:0] wr_source_stride_o,
  output logic [31:0] wr_stride_o,
  input  wire         wr_next_i          // the writer is through with it
);

  localparam int Width     = $clog2(QueueDepth);
  localparam int CoreWidth = NumCores > 1 ? $clog2(NumCores) : 1;

  logic [CoreWidth-1:0] core, complete_core, rd_core, wr_core;
  assign core          = core_i[CoreWidth-1:0];
  assign complete_core = complete_core_i[CoreWidth-1:0];

  // Registers of each core.
  logic [31:0]         source_q [NumCores];
  logic [31:0]         destination_q [NumCores];
  logic [31:0]         bytes_q [NumCores];
  logic [31:0]         rows_q [NumCores];
  logic [31:0]         source_stride_q [NumCores];
  logic [31:0]         destination_stride_q [NumCores];
  logic [31:0]         started_q [NumCores];
  logic [31:0]         done_q [NumCores];
  logic [NumCores-1:0] error_q;

  // Queue.
  logic [3:0]       q_core [QueueDepth];
  logic [31:0]      q_source [QueueDepth];
  logic [31:0]      q_destination [QueueDepth];
  logic [31:0]      q_bytes [QueueDepth];
  logic [31:0]      q_rows [QueueDepth];
  logic [31:0]      q_source_stride [QueueDepth];
  logic [31:0]      q_destination_stride [QueueDepth];
  logic [Width:0]   count_q;     // transfers the writer is not through with
  logic [1:0]       ahead_q;     // transfers the reader is through with and the writer is not, 0 … 2
  logic [Width-1:0] write_q;     // the writer's
  logic [Width-1:0] free_q;      // where the next one goes
  logic [Width-1:0] read;
  assign read = write_q + {{(Width - 1){1'b0}}, ahead_q[0]};

  logic start, selected;
  assign selected = req_i && !we_i;
  assign start    = selected && offset_i == fb_cluster_pkg::DmaStart;
  assign full_o   = count_q[Width];

  assign rd_core = q_core[read][CoreWidth-1:0];
  assign wr_core = q_core[write_q][CoreWidth-1:0];

  assign wr_valid_o         = count_q != '0;
  assign wr_core_o          = q_core[write_q];
  assign wr_source_o        = q_source[write_q];
  assign wr_destination_o   = q_destination[write_q];
  assign wr_bytes_o         = q_bytes[write_q];
  assign wr_rows_o          = q_rows[write_q];
  assign wr_source_stride_o = q_source_stride[write_q];
  assign wr_stride_o        = q_destination_stride[write_q];

  assign rd_valid_o  = !ahead_q[1] && count_q > {{Width{1'b0}}, ahead_q[0]};
  assign rd_ahead_o  = ahead_q[0];
  assign rd_source_o = q_source[read];
  assign rd_bytes_o  = q_bytes[read];
  assign rd_rows_o   = q_rows[read];
  assign rd_stride_o = q_source_stride[read];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      count_q <= '0;
      write_q <= '0;
      free_q  <= '0;
      ahead_q <= 2'd0;
    end else if (start || rd_next_i || wr_next_i) begin
      count_q <= count_q + {{Width{1'b0}}, start} - {{Width{1'b0}}, wr_next_i};
      if (start) free_q <= free_q + 1'b1;
      if (wr_next_i) write_q <= write_q + 1'b1;
      // The writer passes the reader at an empty transfer only, which the reader then skips.
      if (rd_next_i && !wr_next_i) ahead_q <= ahead_q + 2'd1;
      if (wr_next_i && !rd_next_i && ahead_q != 2'd0) ahead_q <= ahead_q - 2'd1;
    end
  end
  always_ff @(posedge clk_i) begin
    if (start) begin
      q_core[free_q]               <= core_i;
      q_source[free_q]             <= source_q[core];
      q_destination[free_q]        <= destination_q[core];
      q_bytes[free_q]              <= bytes_q[core];
      q_rows[free_q]               <= rows_q[core];
      q_source_stride[free_q]      <= source_stride_q[core];
      q_destination_stride[free_q] <= destination_stride_q[core];
    end
  end

  // Registers.
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      for (int i = 0; i < NumCores; i++) begin
        source_q[i]             <= '0;
        destination_q[i]        <= '0;
        bytes_q[i]              <= '0;
        rows_q[i]               <= 32'd1;
        source_stride_q[i]      <= '0;
        destination_stride_q[i] <= '0;
        started_q[i]            <= '0;
        done_q[i]               <= '0;
      end
      error_q <= '0;
      rdata_o <= '0;
    end else begin
      if (req_i && we_i) begin
        unique case (offset_i)
          fb_cluster_pkg::DmaSource:            source_q[core] <= wdata_i;
          fb_cluster_pkg::DmaDestination:       destination_q[core] <= wdata_i;
          fb_cluster_pkg::DmaBytes:             bytes_q[core] <= wdata_i;
          fb_cluster_pkg::DmaRows:              rows_q[core] <= wdata_i;
          fb_cluster_pkg::DmaSourceStride:      source_stride_q[core] <= wdata_i;
          fb_cluster_pkg::DmaDestinationStride: destination_stride_q[core] <= wdata_i;
          fb_cluster_pkg::DmaError:             error_q[core] <= wdata_i[0];
          default: ;
        endcase
      end
      if (start) started_q[core] <= started_q[core] + 32'd1;
      if (complete_i) done_q[complete_core] <= done_q[complete_core] + 32'd1;
      if (read_error_i) error_q[rd_core] <= 1'b1;
      if (write_error_i) error_q[wr_core] <= 1'b1;

      rdata_o <= '0;
      if (selected) begin
        unique case (offset_i)
          fb_cluster_pkg::DmaSource:            rdata_o <= source_q[core];
          fb_cluster_pkg::DmaDestination:       rdata_o <= destination_q[core];
          fb_cluster_pkg::DmaBytes:             rdata_o <= bytes_q[core];
          fb_cluster_pkg::DmaRows:              rdata_o <= rows_q[core];
          fb_cluster_pkg::DmaSourceStride:      rdata_o <= source_stride_q[core];
          fb_cluster_pkg::DmaDestinationStride: rdata_o <= destination_stride_q[core];
          fb_cluster_pkg::DmaStart:             rdata_o <= started_q[core] + 32'd1;
          fb_cluster_pkg::DmaDone:              rdata_o <= done_q[core];
          fb_cluster_pkg::DmaError:             rdata_o <= {31'd0, error_q[core]};
          default: ;
        endcase
      end
    end
  end

  logic unused_bits;
  assign unused_bits = ^{core_i, complete_core_i, wr_core_o, q_core[read]};

endmodule

`default_nettype wire
