// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
`default_nettype none

// DMA: 64 bit a cycle between L1 and the outside (or inside either), 1D and 2D, any byte address and
// length. Transfers are queued (QueueDepth, all cores together) and done in order; reading runs ahead
// of writing, into the next transfer too, so that back-to-back transfers leave no gap and the
// latency of the outside is hidden (ReadAhead beats in flight). A transfer that reads what an
// unfinished one before it may write waits for it.
module fb_dma #(
  parameter int NumCores   = 8,
  parameter int TcdmBytes  = 131072,
  parameter int QueueDepth = 8,
  parameter int ReadAhead  = 32
) (
  input  wire                 clk_i,
  input  wire                 rst_ni,
  input  wire  [31:0]         l2_bytes_i,
  input  wire  [31:0]         l3_bytes_i,
  // registers: fb_cluster_pkg::Dma…, a view for each core; answered in the next cycle
  input  wire                 req_i,
  input  wire  [3:0]          core_i,
  input  wire  [11:0]         offset_i,
  input  wire                 we_i,
  input  wire  [31:0]         wdata_i,
  output logic [31:0]         rdata_o,     // 0 when there was no access in the cycle before
  output logic                full_o,      // a load of START would not fit: the bus holds it back
  output logic [NumCores-1:0] event_o,     // one-cycle pulse: a transfer of this core is complete
  output logic                busy_o,
  // L1: two word ports, lower and upper half of an aligned 8-byte beat; gnt in the same cycle, rdata in the next
  output logic [1:0]          tcdm_req_o,
  output logic [63:0]         tcdm_addr_o, // byte offsets in L1
  output logic [1:0]          tcdm_we_o,
  output logic [7:0]          tcdm_be_o,
  output logic [63:0]         tcdm_wdata_o,
  input  wire  [1:0]          tcdm_gnt_i,
  input  wire  [63:0]         tcdm_rdata_i,
  // outside port
  output logic                rd_req_o,
  output logic [31:0]         rd_addr_o,   // multiple of 8
  input  wire                 rd_gnt_i,
  input  wire                 rd_rvalid_i,
  input  wire  [63:0]         rd_rdata_i,
  output logic                wr_req_o,
  output logic [31:0]         wr_addr_o,
  output logic [7:0]          wr_be_o,
  output logic [63:0]         wr_data_o,
  input  wire                 wr_gnt_i,
  input  wire                 wr_rvalid_i
);

  logic       writes_l1;                              // this cycle's L1 access is the writer's
  logic       ending_q, ending_l1_q, ending_left_q;   // left: the last beat has been granted
  logic [3:0] ending_core_q;

  // Queue.
  logic        rd_valid, rd_ahead, rd_next, wr_valid, wr_next, read_error, write_error;
  logic [31:0] rd_source, rd_bytes, rd_rows, rd_stride;
  logic [3:0]  wr_core;
  logic [31:0] wr_source, wr_destination, wr_bytes, wr_rows, wr_source_stride, wr_stride;
  logic        complete;

  fb_dma_queue #(
    .NumCores  (NumCores),
    .QueueDepth(QueueDepth)
  ) u_queue (
    .clk_i,
    .rst_ni,
    .req_i,
    .core_i,
    .offset_i,
    .we_i,
    .wdata_i,
    .rdata_o,
    .full_o,
    .complete_i        (complete),
    .complete_core_i   (ending_core_q),
    .read_error_i      (read_error),
    .write_error_i     (write_error),
    .rd_valid_o        (rd_valid),
    .rd_ahead_o        (rd_ahead),
    .rd_source_o       (rd_source),
    .rd_bytes_o        (rd_bytes),
    .rd_rows_o         (rd_rows),
    .rd_stride_o       (rd_stride),
    .rd_next_i         (rd_next),
    .wr_valid_o        (wr_valid),
    .wr_core_o         (wr_core),
    .wr_source_o       (wr_source),
    .wr_destination_o  (wr_destination),
    .wr_bytes_o        (wr_bytes),
    .wr_rows_o         (wr_rows),
    .wr_source_stride_o(wr_source_stride),
    .wr_stride_o       (wr_stride),
    .wr_next_i         (wr_next)
  );

  // A transfer whose source an unfinished one may still write to is not begun: one that reads from
  // the side the other writes to, unless both are one row and apart.
  function automatic logic in_l1(logic [31:0] address);
    in_l1 = address - fb_cluster_pkg::L1Base < TcdmBytes;
  endfunction
  logic apart, hold;
  assign apart = rd_rows == 32'd1 && wr_rows == 32'd1 &&
                 (rd_source + rd_bytes <= wr_destination ||
                  wr_destination + wr_bytes <= rd_source);
  assign hold  = (ending_q && in_l1(rd_source) == ending_l1_q) ||
                 (rd_ahead && in_l1(rd_source) == in_l1(wr_destination) && !apart);

  // Engine.
  logic [1:0]  rd_tcdm_req, wr_tcdm_req;
  logic [31:0] rd_tcdm_addr, wr_tcdm_addr;
  logic [7:0]  wr_tcdm_be;
  logic [63:0] wr_tcdm_wdata, beat;
  logic        beat_valid, beat_pop, rd_busy, settled, wr_req, wr_full;

  fb_dma_reader #(
    .TcdmBytes(TcdmBytes),
    .Depth    (ReadAhead)
  ) u_reader (
    .clk_i,
    .rst_ni,
    .l2_bytes_i,
    .l3_bytes_i,
    .valid_i     (rd_valid),
    .hold_i      (hold),
    .source_i    (rd_source),
    .bytes_i     (rd_bytes),
    .rows_i      (rd_rows),
    .stride_i    (rd_stride),
    .next_o      (rd_next),
    .error_o     (read_error),
    .tcdm_req_o  (rd_tcdm_req),
    .tcdm_addr_o (rd_tcdm_addr),
    .tcdm_gnt_i  (writes_l1 ? 2'b00 : tcdm_gnt_i),
    .tcdm_rdata_i,
    .rd_req_o,
    .rd_addr_o,
    .rd_gnt_i,
    .rd_rvalid_i,
    .rd_rdata_i,
    .beat_valid_o(beat_valid),
    .beat_o      (beat),
    .beat_pop_i  (beat_pop),
    .busy_o      (rd_busy)
  );

  fb_dma_writer #(
    .TcdmBytes(TcdmBytes)
  ) u_writer (
    .clk_i,
    .rst_ni,
    .l2_bytes_i,
    .l3_bytes_i,
    .valid_i        (wr_valid),
    .hold_i         (ending_q && !complete),
    .source_i       (wr_source),
    .destination_i  (wr_destination),
    .bytes_i        (wr_bytes),
    .rows_i         (wr_rows),
    .source_stride_i(wr_source_stride),
    .stride_i       (wr_stride),
    .next_o         (wr_next),
    .settled_o      (settled),
    .error_o        (write_error),
    .beat_valid_i   (beat_valid),
    .beat_i         (beat),
    .beat_pop_o     (beat_pop),
    .tcdm_req_o     (wr_tcdm_req),
    .tcdm_addr_o    (wr_tcdm_addr),
    .tcdm_be_o      (wr_tcdm_be),
    .tcdm_wdata_o   (wr_tcdm_wdata),
    .tcdm_gnt_i     (writes_l1 ? tcdm_gnt_i : 2'b00),
    .wr_req_o       (wr_req),
    .wr_addr_o,
    .wr_be_o,
    .wr_data_o,
    .wr_gnt_i       (wr_gnt_i && !wr_full)
  );
  assign wr_req_o = wr_req && !wr_full;

  // L1: writing goes first, since it makes room for reading.
  logic [31:0] l1_addr;
  assign writes_l1    = wr_tcdm_req != 2'b00;
  assign l1_addr      = writes_l1 ? wr_tcdm_addr : rd_tcdm_addr;
  assign tcdm_req_o   = writes_l1 ? wr_tcdm_req : rd_tcdm_req;
  assign tcdm_addr_o  = {l1_addr | 32'd4, l1_addr};
  assign tcdm_we_o    = {2{writes_l1}};
  assign tcdm_be_o    = writes_l1 ? wr_tcdm_be : 8'hff;
  assign tcdm_wdata_o = wr_tcdm_wdata;

  // Ending: the writer is through with a transfer whose last beat has yet to be granted, or whose
  // writes have yet to be acknowledged. Acknowledgements come in order, so counting is enough, modulo
  // more than are ever under way: a slow outside holds writes back.
  logic [7:0] sent_q, acknowledged_q, ending_sent_q;
  logic       sent;
  assign wr_full  = sent_q - acknowledged_q >= 8'd128;
  assign sent     = wr_req_o && wr_gnt_i;
  assign complete = ending_q && ending_left_q && acknowledged_q == ending_sent_q;
  assign busy_o   = wr_valid || rd_busy || ending_q || sent_q != acknowledged_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      ending_q       <= 1'b0;
      ending_l1_q    <= 1'b0;
      ending_left_q  <= 1'b0;
      ending_core_q  <= '0;
      sent_q         <= '0;
      acknowledged_q <= '0;
      ending_sent_q  <= '0;
    end else if (busy_o) begin
      if (sent) sent_q <= sent_q + 8'd1;
      if (wr_rvalid_i) acknowledged_q <= acknowledged_q + 8'd1;
      if (complete) ending_q <= 1'b0;
      if (wr_next) begin
        ending_q      <= 1'b1;
        ending_l1_q   <= in_l1(wr_destination);
        ending_left_q <= 1'b0;
        ending_core_q <= wr_core;
      end else if (ending_q && !ending_left_q && settled) begin
        ending_left_q <= 1'b1;
        ending_sent_q <= sent_q + {7'd0, sent};
      end
    end
  end

  for (genvar i = 0; i < NumCores; i++) begin : g_event
    assign event_o[i] = complete && ending_core_q == i;
  end

endmodule

`default_nettype wire
