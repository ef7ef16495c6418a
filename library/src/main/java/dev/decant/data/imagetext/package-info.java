/**
 * Images with texts about them: readers of each layout, and batches for every task.
 *
 * <p>Read {@link dev.decant.data.imagetext.ImageTextData} and {@link dev.decant.data.imagetext.ImageTextBatches} first.
 */
@NullMarked
package dev.decant.data.imagetext;

import org.jspecify.annotations.NullMarked;
